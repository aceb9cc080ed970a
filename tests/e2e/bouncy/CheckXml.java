// Judges enveloped XML signatures by another road: canonicalisation by the JDK's XML security, and
//   verify [FILE ROOT.pem ISSUING.pem]...  SM2: digests and value by Bouncy Castle; ECDSA and RSA: the JDK's own validator;
//                                       then the certificate under the given authorities
//   canonical FILE...                   each FILE's exclusive canonical form as FILE.canonical
//   forms FILE...                       each FILE's forms as FILE.forms has them (tests/property/test_xml_canonical.c)
//   sign FILE OUT KEY.pem CERT.pem TIME   an SM2 signature of the fixed profile
// Exit status 0 when all of it holds. Wants --add-exports for com.sun.org.apache.xml.internal.security.c14n.
import com.sun.org.apache.xml.internal.security.c14n.Canonicalizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Security;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilderFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.jcajce.provider.asymmetric.util.ECUtil;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

public class CheckXml {
    static final String DS = "http://www.w3.org/2000/09/xmldsig#", XADES = "http://uri.etsi.org/01903/v1.3.2#";
    static final String EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
    static final String SM3 = "urn:oid:1.2.156.10197.1.401", SM2 = "urn:oid:1.2.156.10197.1.501";

    static Document parse(byte[] in) throws Exception {
        DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
        f.setNamespaceAware(true);
        f.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return f.newDocumentBuilder().parse(new ByteArrayInputStream(in));
    }

    static byte[] canonical(Node n) throws Exception {
        com.sun.org.apache.xml.internal.security.Init.init();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Canonicalizer.getInstance(EXCLUSIVE).canonicalizeSubtree(n, out);
        return out.toByteArray();
    }

    static Element only(Element top, String ns, String name) {
        if (top.getElementsByTagNameNS(ns, name).getLength() != 1)
            throw new SecurityException("not one " + name);
        return (Element) top.getElementsByTagNameNS(ns, name).item(0);
    }

    static byte[] octets(Element e) {
        return Base64.getMimeDecoder().decode(e.getTextContent());
    }

    static X509Certificate pem(String path) throws Exception {
        try (FileInputStream in = new FileInputStream(path)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(in);
        }
    }

    static byte[] sm3(byte[] v) throws Exception {
        return MessageDigest.getInstance("SM3", "BC").digest(v);
    }

    static SM2Signer sm2(CipherParameters key, boolean signing, byte[] message) {
        SM2Signer s = new SM2Signer(PlainDSAEncoding.INSTANCE);
        CipherParameters p = signing ? new ParametersWithRandom(key) : key;
        s.init(signing, new ParametersWithID(p, "1234567812345678".getBytes(StandardCharsets.US_ASCII)));
        s.update(message, 0, message.length);
        return s;
    }

    static void need(boolean good, String what) {
        if (!good)
            throw new SecurityException(what);
    }

    static void verifySm2(Document d, Element signature, X509Certificate cert) throws Exception {
        Element info = only(signature, DS, "SignedInfo");
        Element properties = only(signature, XADES, "SignedProperties");
        byte[] message = canonical(info), signed = canonical(properties), value = octets(only(signature, DS, "SignatureValue"));
        need(sm2(ECUtil.generatePublicKeyParameter(cert.getPublicKey()), false, message).verifySignature(value), "value");
        Element[] refs = { (Element) info.getElementsByTagNameNS(DS, "Reference").item(0),
                (Element) info.getElementsByTagNameNS(DS, "Reference").item(1) };
        need(refs[0].getAttribute("URI").isEmpty(), "URI");
        need(refs[1].getAttribute("URI").equals("#" + properties.getAttribute("Id")), "Id");
        for (Element r : refs)
            need(only(r, DS, "DigestMethod").getAttribute("Algorithm").equals(SM3), "DigestMethod");
        need(Arrays.equals(octets(only(refs[1], DS, "DigestValue")), sm3(signed)), "digest of the properties");
        need(Arrays.equals(octets(only(only(properties, XADES, "CertDigest"), DS, "DigestValue")),
                sm3(cert.getEncoded())), "digest of the certificate");
        signature.getParentNode().removeChild(signature);
        need(Arrays.equals(octets(only(refs[0], DS, "DigestValue")), sm3(canonical(d))), "digest of the document");
    }

    static void verifyByJdk(Element signature, X509Certificate cert) throws Exception {
        // the JDK has no P-256 key of Bouncy Castle's: read it once more by its own providers
        X509Certificate own = (X509Certificate) CertificateFactory.getInstance("X.509", "SUN")
                .generateCertificate(new ByteArrayInputStream(cert.getEncoded()));
        DOMValidateContext c = new DOMValidateContext(KeySelector.singletonKeySelector(own.getPublicKey()), signature);
        c.setIdAttributeNS(only(signature, XADES, "SignedProperties"), null, "Id");
        c.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
        need(XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(c).validate(c), "the JDK's validator");
    }

    static void verify(String file, String root, String issuing) throws Exception {
        Document d = parse(Files.readAllBytes(Path.of(file)));
        Element signature = only(d.getDocumentElement(), DS, "Signature");
        byte[] der = octets((Element) signature.getElementsByTagNameNS(DS, "X509Certificate").item(0));
        X509Certificate cert = (X509Certificate) CertificateFactory.getInstance("X.509", "BC")
                .generateCertificate(new ByteArrayInputStream(der));
        cert.verify(pem(issuing).getPublicKey(), "BC");
        pem(issuing).verify(pem(root).getPublicKey(), "BC");
        String method = only(signature, DS, "SignatureMethod").getAttribute("Algorithm");
        if (method.equals(SM2))
            verifySm2(d, signature, cert);
        else
            verifyByJdk(signature, cert);
        System.out.println(method);
    }

    static String b64(byte[] v) {
        return Base64.getEncoder().encodeToString(v);
    }

    static String method(String name, String uri) {
        return "<s:" + name + " Algorithm='" + uri + "'/>";
    }

    static String reference(String attributes, String transforms, byte[] digest) {
        return "<s:Reference " + attributes + "><s:Transforms>" + transforms + "</s:Transforms>"
                + method("DigestMethod", SM3) + "<s:DigestValue>" + b64(digest) + "</s:DigestValue></s:Reference>";
    }

    static PrivateKey key(String path) throws Exception {
        try (PEMParser p = new PEMParser(new FileReader(path))) {
            Object o = p.readObject();
            return new JcaPEMKeyConverter().setProvider("BC").getPrivateKey((PrivateKeyInfo) o);
        }
    }

    // Not in canonical form on purpose: other prefixes, quotes, white space, namespaces declared above.
    static void sign(String file, String out, String keyFile, String certFile, String time) throws Exception {
        byte[] document = Files.readAllBytes(Path.of(file)), der = pem(certFile).getEncoded();
        String properties = "<x:SignedProperties Id='P'>\n<x:SignedSignatureProperties><x:SigningTime>"
                + time + "</x:SigningTime><x:SigningCertificateV2><x:Cert><x:CertDigest>" + method("DigestMethod", SM3)
                + "<s:DigestValue>" + b64(sm3(der)) + "</s:DigestValue></x:CertDigest></x:Cert></x:SigningCertificateV2>"
                + "</x:SignedSignatureProperties></x:SignedProperties>";
        String spaces = " xmlns:s='" + DS + "' xmlns:x='" + XADES + "'";
        Element p = parse(properties.replaceFirst(" ", spaces + " ").getBytes(StandardCharsets.UTF_8)).getDocumentElement();
        String info = "<s:SignedInfo>\n " + method("CanonicalizationMethod", EXCLUSIVE) + "\n "
                + method("SignatureMethod", SM2) + "\n "
                + reference("URI=''", method("Transform", DS + "enveloped-signature") + method("Transform", EXCLUSIVE),
                        sm3(canonical(parse(document))))
                + reference("Type='http://uri.etsi.org/01903#SignedProperties' URI='#P'", method("Transform", EXCLUSIVE),
                        sm3(canonical(p)))
                + "</s:SignedInfo>";
        byte[] message = canonical(
                parse(info.replaceFirst(">", spaces + ">").getBytes(StandardCharsets.UTF_8)).getDocumentElement());
        byte[] value = sm2(ECUtil.generatePrivateKeyParameter(key(keyFile)), true, message).generateSignature();
        String text = new String(document, StandardCharsets.UTF_8);
        int at = text.lastIndexOf("</");
        Files.writeString(Path.of(out), text.substring(0, at) + "<s:Signature Id='S'" + spaces + ">" + info
                + "\n<s:SignatureValue Id='V'>\n" + Base64.getMimeEncoder().encodeToString(value)
                + "\n</s:SignatureValue><s:KeyInfo><s:X509Data><s:X509Certificate>"
                + Base64.getMimeEncoder().encodeToString(der)
                + "</s:X509Certificate></s:X509Data></s:KeyInfo><s:Object><x:QualifyingProperties Target='#S'>" + properties
                + "</x:QualifyingProperties></s:Object></s:Signature>" + text.substring(at));
    }

    // Of several ancestors with the same attribute of XML itself the JDK takes the outermost, and Canonical XML the nearest.
    static boolean isMisread(Node n) {
        java.util.Set<String> seen = new java.util.HashSet<>();
        for (Node at = n.getParentNode(); at instanceof Element; at = at.getParentNode())
            for (String name : new String[] { "lang", "space", "base" })
                if (((Element) at).hasAttributeNS("http://www.w3.org/XML/1998/namespace", name) && !seen.add(name))
                    return true;
        return false;
    }

    // One line of FILE.forms: URI, number of the element, digest, and behind two spaces the list of prefixes.
    static void form(Document d, String line) throws Exception {
        String[] parts = line.split("  ", 2), words = parts[0].split(" ");
        Node n = d;
        for (int i = 0, at = Integer.parseInt(words[1]); at >= 0 && i == 0; i++)
            n = d.getElementsByTagName("*").item(Math.min(at, d.getElementsByTagName("*").getLength() - 1));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Canonicalizer c = Canonicalizer.getInstance(words[0]);
        if (parts.length == 1)
            c.canonicalizeSubtree(n, out);
        else
            c.canonicalizeSubtree(n, parts[1].trim(), out);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(out.toByteArray());
        if (isMisread(n) && !words[0].contains("exc-c14n"))
            return;
        need(words[2].equals(String.format("%064x", new java.math.BigInteger(1, digest))), line + "\n" + out);
    }

    static void forms(String file) throws Exception {
        com.sun.org.apache.xml.internal.security.Init.init();
        Document d = parse(Files.readAllBytes(Path.of(file)));
        for (String line : Files.readAllLines(Path.of(file.replace(".xml", ".forms"))))
            try {
                form(d, line);
                System.out.println("same");
            } catch (SecurityException e) {
                System.out.println(file + ": " + e.getMessage());
            }
    }

    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        if (args[0].equals("verify"))
            for (int i = 1; i < args.length; i += 3)
                verify(args[i], args[i + 1], args[i + 2]);
        else if (args[0].equals("sign"))
            sign(args[1], args[2], args[3], args[4], args[5]);
        else if (args[0].equals("forms"))
            for (int i = 1; i < args.length; i++)
                forms(args[i]);
        else
            for (int i = 1; i < args.length; i++)
                Files.write(Path.of(args[i] + ".canonical"), canonical(parse(Files.readAllBytes(Path.of(args[i])))));
    }
}
