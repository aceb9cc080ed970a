// Signs XML documents by the JDK's javax.xml.crypto.dsig, or Apache Santuario when its jar is on the class path, in the
// forms that programs use.
//   FOLDER NAME=KEY.pem,CERT.pem...   keys by their names: rsa, pss, p256, p384, p521, dsa; PKCS #8 and X.509
// writes FOLDER/FORM.xml for each form whose key is given, and prints FORM and what must be answered about it:
//   passed      all of it is signed
//   unjudged    signed in a way that is not judged: INDETERMINATE
//   refused     not read: exit status 65
// Exit status 0 when all were signed.
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.crypto.XMLStructure;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.Manifest;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLObject;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureException;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.ExcC14NParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.crypto.dsig.spec.XPathFilterParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

public class SignXml {
    static final String DS = "http://www.w3.org/2000/09/xmldsig#", XADES = "http://uri.etsi.org/01903/v1.3.2#";
    static final String MORE = "http://www.w3.org/2001/04/xmldsig-more#", LATER = "http://www.w3.org/2007/05/xmldsig-more#";
    static final String ENC = "http://www.w3.org/2001/04/xmlenc#";
    static final String EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
    static final String INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", C11 = "http://www.w3.org/2006/12/xml-c14n11";
    static final String COMMENTS = "#WithComments";
    static final String DOCUMENT = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?kept by=\"both\"?>\n"
            + "<t:grant xmlns:t=\"urn:example:grant\" xmlns=\"urn:example:row\" xmlns:unused=\"urn:unused\" Id=\"all\""
            + " xml:lang='zh' z='2' t:a='1' b=\"&#9;&quot;'\">\r\n  <row n=\"1\" xml:id='first'>甲 &amp; 乙<![CDATA[<丙>&]]>&#x4e01;&#13;</row>\n"
            + "  <row xmlns='' n=\"2\"/><t:part ID='part' xml:space='preserve'> <!-- beside --> </t:part><?stays?>\n"
            + "  <t:signatures xmlns:again=\"urn:example:row\"/>\n</t:grant>\n<!-- end -->\n";

    static XMLSignatureFactory factory;
    static final Map<String, PrivateKey> keys = new HashMap<>();
    static final Map<String, X509Certificate> certs = new HashMap<>();
    static Path folder;

    // One signature to be: what most have, and what a form has otherwise.
    static class Form {
        String key = "rsa", method = MORE + "rsa-sha256", digest = ENC + "sha256", c14n = EXCLUSIVE, prefix = "ds", place = "t:grant";
        String document = DOCUMENT, encoding = "UTF-8", uri = "", keyInfoId, data;
        C14NMethodParameterSpec parameters;
        String[] transforms = { Transform.ENVELOPED, EXCLUSIVE };
        TransformParameterSpec of;
        boolean first, bound, keyValue, crlf, enveloping, mac;
        List<String> more = new ArrayList<>();
        boolean manifest;
    }

    interface Change {
        void make(Form f);
    }

    static void load(String argument) throws Exception {
        String name = argument.substring(0, argument.indexOf('='));
        String[] files = argument.substring(name.length() + 1).split(",");
        String pem = Files.readString(Path.of(files[0])).replaceAll("-----[^-]*-----|\\s", "");
        String algorithm = name.matches("p[0-9]+|authority") ? "EC" : name.equals("dsa") ? "DSA" : "RSA";
        keys.put(name, KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))));
        try (FileInputStream in = new FileInputStream(files[1])) {
            certs.put(name, (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
    }

    static Document parse(String text) throws Exception {
        DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
        f.setNamespaceAware(true);
        return f.newDocumentBuilder().parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    static Reference reference(Form f, String uri, String type) throws Exception {
        List<Transform> list = new ArrayList<>();
        for (String t : f.transforms)
            list.add(factory.newTransform(t, t.equals(Transform.ENVELOPED) ? null : f.of));
        return factory.newReference(uri, factory.newDigestMethod(f.digest, null), list, type, null);
    }

    static Reference plain(Form f, String uri, String type) throws Exception {
        return factory.newReference(uri, factory.newDigestMethod(f.digest, null),
                List.of(factory.newTransform(EXCLUSIVE, (TransformParameterSpec) null)), type, null);
    }

    static Element add(Element to, String ns, String name, String text) {
        Element e = to.getOwnerDocument().createElementNS(ns, name);
        if (text != null)
            e.setTextContent(text);
        to.appendChild(e);
        return e;
    }

    static void addCert(Element list, X509Certificate cert) throws Exception {
        Element digest = add(add(list, XADES, "x:Cert", null), XADES, "x:CertDigest", null);
        add(digest, DS, "ds:DigestMethod", null).setAttributeNS(null, "Algorithm", ENC + "sha512");
        add(digest, DS, "ds:DigestValue",
                Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-512").digest(cert.getEncoded())));
    }

    // QualifyingProperties as an Object; the authority is named before the signer.
    static XMLObject properties(Document d, Form f) throws Exception {
        Element top = d.createElementNS(XADES, "x:QualifyingProperties");
        top.setAttributeNS("http://www.w3.org/2000/xmlns/", "xmlns:x", XADES);
        top.setAttributeNS("http://www.w3.org/2000/xmlns/", "xmlns:ds", DS);
        top.setAttributeNS(null, "Target", "#signature");
        Element signed = add(top, XADES, "x:SignedProperties", null);
        signed.setAttributeNS(null, "Id", "properties");
        signed.setIdAttributeNS(null, "Id", true);
        Element of = add(signed, XADES, "x:SignedSignatureProperties", null);
        add(of, XADES, "x:SigningTime", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        Element list = add(of, XADES, "x:SigningCertificate", null);
        addCert(list, certs.get("authority"));
        addCert(list, certs.get(f.key));
        return factory.newXMLObject(List.of(new DOMStructure(top)), null, null, null);
    }

    static KeyInfo keyInfo(Form f) throws Exception {
        KeyInfoFactory k = factory.getKeyInfoFactory();
        List<Object> x509 = new ArrayList<>();
        List<XMLStructure> all = new ArrayList<>();
        x509.add(certs.get(f.key).getSubjectX500Principal().getName());
        x509.add(k.newX509IssuerSerial("CN=stranger", certs.get(f.key).getSerialNumber()));
        if (certs.containsKey("authority"))
            x509.add(certs.get("authority"));
        x509.add(certs.get(f.key));
        all.add(k.newKeyName("whoever"));
        if (f.keyValue)
            all.add(k.newKeyValue(certs.get(f.key).getPublicKey()));
        all.add(k.newX509Data(x509));
        return k.newKeyInfo(all, f.keyInfoId);
    }

    static byte[] bytes(Document d, Form f) throws Exception {
        StringWriter out = new StringWriter();
        Transformer t = TransformerFactory.newInstance().newTransformer();
        t.setOutputProperty(OutputKeys.ENCODING, f.encoding);
        t.transform(new DOMSource(d), new StreamResult(out));
        String text = out.toString().replaceFirst("encoding=\"[^\"]*\"", "encoding=\"" + f.encoding + "\"");
        return (f.crlf ? "\ufeff" + text.replace("\n", "\r\n") : text).getBytes(f.encoding);
    }

    static byte[] sign(Form f) throws Exception {
        Document d = f.enveloping ? parse("<x/>") : parse(f.document);
        List<Reference> references = new ArrayList<>();
        List<XMLObject> objects = new ArrayList<>();

        if (f.data != null) {
            Element e = d.createElementNS("urn:example:data", "data");
            e.setAttributeNS("http://www.w3.org/2000/xmlns/", "xmlns", "urn:example:data");
            e.setTextContent(f.data);
            e.setAttributeNS("http://www.w3.org/XML/1998/namespace", "xml:lang", "zh");
            objects.add(factory.newXMLObject(List.of(new DOMStructure(e)), "object", "text/xml", null));
        }
        if (f.uri != null)
            references.add(reference(f, f.uri, null));
        if (f.manifest) {
            objects.add(factory.newXMLObject(List.of(factory.newManifest(List.of(plain(f, "#all", null)), "manifest")), null, null, null));
            references.add(plain(f, "#manifest", Manifest.TYPE));
        }
        for (String uri : f.more)
            references.add(plain(f, uri, null));
        if (f.bound) {
            objects.add(properties(d, f));
            references.add(plain(f, "#properties", "http://uri.etsi.org/01903#SignedProperties"));
        }
        SignedInfo info = factory.newSignedInfo(factory.newCanonicalizationMethod(f.c14n, f.parameters),
                factory.newSignatureMethod(f.method, null), references);
        XMLSignature signature = factory.newXMLSignature(info, keyInfo(f), objects, "signature", "value");
        if (f.enveloping)
            d.removeChild(d.getDocumentElement());
        Element parent = f.enveloping ? null : (Element) d.getElementsByTagName(f.place).item(0);
        java.security.Key key = f.mac ? new javax.crypto.spec.SecretKeySpec(certs.get(f.key).getPublicKey().getEncoded(), "HmacSHA256")
                : keys.get(f.key);
        DOMSignContext c = f.enveloping ? new DOMSignContext(key, d)
                : f.first ? new DOMSignContext(key, parent, parent.getFirstChild()) : new DOMSignContext(key, parent);
        if (!f.enveloping)
            for (Element e : new Element[] { d.getDocumentElement(), (Element) d.getElementsByTagName("t:part").item(0),
                    (Element) d.getElementsByTagName("row").item(0) })
                for (String id : new String[] { "Id", "ID", "xml:id" })
                    if (e != null && e.hasAttribute(id))
                        e.setIdAttribute(id, true);
        c.setDefaultNamespacePrefix(f.prefix);
        c.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.FALSE);
        signature.sign(c);
        return bytes(d, f);
    }

    static void form(String name, String verdict, Change change) throws Exception {
        Form f = new Form();
        change.make(f);
        if (!keys.containsKey(f.key) || (f.bound && !certs.containsKey("authority")))
            return;
        try {
            Files.write(folder.resolve(name + ".xml"), sign(f));
            System.out.println(name + " " + verdict);
        } catch (XMLSignatureException e) {
            if (!(e.getCause() instanceof NoSuchAlgorithmException))
                throw e;
        }
    }

    static void key(String name, String key, String method) throws Exception {
        form(name, "passed", f -> {
            f.key = key;
            f.method = method;
        });
    }

    static void keyForms() throws Exception {
        for (String n : new String[] { "256", "384", "512" }) {
            key("rsa-sha" + n, "rsa", MORE + "rsa-sha" + n);
            key("p256-sha" + n, "p256", MORE + "ecdsa-sha" + n);
            key("p384-sha" + n, "p384", MORE + "ecdsa-sha" + n);
            key("p521-sha" + n, "p521", MORE + "ecdsa-sha" + n);
            key("rsa-mgf1-sha" + n, "rsa", LATER + "sha" + n + "-rsa-MGF1");
            key("pss-key-sha" + n, "pss", LATER + "sha" + n + "-rsa-MGF1");
        }
        form("dsa", "unjudged", f -> {
            f.key = "dsa";
            f.method = "http://www.w3.org/2009/xmldsig11#dsa-sha256";
        });
        form("rsa-sha1", "unjudged", f -> f.method = DS + "rsa-sha1");
        form("mac-of-the-public-key", "unjudged", f -> {
            f.mac = true;
            f.method = MORE + "hmac-sha256";
        });
        form("digest-sha1", "unjudged", f -> f.digest = DS + "sha1");
        form("digest-sha384", "passed", f -> f.digest = MORE + "sha384");
        form("digest-sha512", "passed", f -> f.digest = ENC + "sha512");
    }

    static void canonicalForms() throws Exception {
        String[][] all = { { "exclusive", EXCLUSIVE, EXCLUSIVE + "WithComments" }, { "inclusive", INCLUSIVE, INCLUSIVE + COMMENTS },
                { "inclusive-1-1", C11, C11 + COMMENTS } };
        for (String[] a : all)
            for (int i = 1; i < 3; i++) {
                String uri = a[i];
                form(a[0] + (i == 2 ? "-with-comments" : ""), "passed", f -> {
                    f.c14n = uri;
                    f.transforms = new String[] { Transform.ENVELOPED, uri };
                });
            }
        form("enveloped-alone", "passed", f -> f.transforms = new String[] { Transform.ENVELOPED });
        form("prefix-list", "passed", f -> {
            f.of = new ExcC14NParameterSpec(List.of("t", "unused", "#default"));
            f.parameters = new ExcC14NParameterSpec(List.of("unused"));
        });
        form("prefix-list-empty", "passed", f -> f.of = new ExcC14NParameterSpec(Collections.emptyList()));
        form("deeper-inclusive", "passed", f -> {
            f.place = "t:signatures";
            f.c14n = INCLUSIVE;
            f.transforms = new String[] { Transform.ENVELOPED, INCLUSIVE };
        });
    }

    static void placeForms() throws Exception {
        form("prefix-default", "passed", f -> f.prefix = "");
        form("prefix-of-the-document", "passed", f -> f.prefix = "t2");
        form("first-child", "passed", f -> f.first = true);
        form("deeper", "passed", f -> f.place = "t:signatures");
        form("in-a-text", "unjudged", f -> {
            f.document = "<t:grant xmlns:t='urn:example:grant'><t:amount>1000</t:amount></t:grant>";
            f.place = "t:amount";
            f.first = true;
        });
        form("byte-order-mark-and-crlf", "passed", f -> f.crlf = true);
        form("key-value", "passed", f -> f.keyValue = true);
        form("utf-16", "passed", f -> f.encoding = "UTF-16");
        form("utf-16-crlf", "passed", f -> {
            f.encoding = "UTF-16";
            f.document = DOCUMENT.replace("甲", "甲\ud83d\ude00é\u20ac");
        });
        form("gbk-of-ascii", "passed", f -> {
            f.encoding = "GBK";
            f.document = "<t:grant xmlns:t='urn:example:grant'><t:to>Yunze</t:to></t:grant>";
        });
        form("gbk", "passed", f -> f.encoding = "GBK");
        form("gb18030", "passed", f -> f.encoding = "GB18030");
        form("big5", "refused", f -> {
            f.encoding = "Big5";
            f.document = "<t:grant xmlns:t='urn:example:grant'><t:to>&#x4e91;</t:to></t:grant>";
        });
        form("xades", "passed", f -> f.bound = true);
        form("xades-inclusive", "passed", f -> {
            f.bound = true;
            f.c14n = INCLUSIVE;
        });
    }

    static void coverageForms() throws Exception {
        String[] exclusive = { EXCLUSIVE }, none = {};
        form("root-by-id", "unjudged", f -> f.uri = "#all");
        form("root-by-id-no-instruction", "passed", f -> {
            f.uri = "#all";
            f.document = DOCUMENT.replaceFirst("<\\?kept.*\\?>", "");
        });
        form("root-by-xml-id", "passed", f -> {
            f.uri = "#it";
            f.document = "<t:grant xml:id='it' xmlns:t='urn:example:grant'/>";
        });
        form("root-by-xpointer", "unjudged", f -> f.uri = "#xpointer(/)");
        form("root-by-xpointer-id", "unjudged", f -> f.uri = "#xpointer(id('all'))");
        form("key-info-too", "passed", f -> {
            f.keyInfoId = "key";
            f.more.add("#key");
        });
        form("part-too", "passed", f -> f.more.add("#part"));
        form("part", "unjudged", f -> {
            f.uri = "#part";
            f.transforms = exclusive;
        });
        form("part-by-xml-id-inclusive", "unjudged", f -> {
            f.uri = "#first";
            f.transforms = none;
        });
        form("enveloping", "passed", f -> {
            f.enveloping = true;
            f.data = "云泽市";
            f.uri = "#object";
            f.transforms = none;
        });
        form("enveloping-xades", "passed", f -> {
            f.enveloping = f.bound = true;
            f.data = "云泽市";
            f.uri = "#object";
            f.transforms = exclusive;
        });
        form("enveloping-no-transform-prefix-default", "passed", f -> {
            f.enveloping = true;
            f.prefix = "";
            f.data = "云泽市";
            f.uri = "#object";
            f.transforms = none;
        });
        form("object-too", "passed", f -> {
            f.data = "beside";
            f.more.add("#object");
        });
        form("object-not-signed", "unjudged", f -> f.data = "beside");
        form("manifest", "unjudged", f -> {
            f.manifest = true;
            f.uri = null;
        });
    }

    static void transformForms() throws Exception {
        form("xpath", "unjudged", f -> {
            f.transforms = new String[] { Transform.XPATH };
            f.of = new XPathFilterParameterSpec("not(ancestor-or-self::ds:Signature)", Map.of("ds", DS));
        });
        form("exclusive-twice", "unjudged", f -> f.transforms = new String[] { Transform.ENVELOPED, EXCLUSIVE, EXCLUSIVE });
    }

    public static void main(String[] args) throws Exception {
        folder = Path.of(args[0]);
        for (int i = 1; i < args.length; i++)
            load(args[i]);
        try {
            Provider santuario = (Provider) Class.forName("org.apache.jcp.xml.dsig.internal.dom.XMLDSigRI").getConstructor().newInstance();
            factory = XMLSignatureFactory.getInstance("DOM", santuario);
        } catch (ClassNotFoundException e) {
            factory = XMLSignatureFactory.getInstance("DOM");
        }
        keyForms();
        canonicalForms();
        placeForms();
        coverageForms();
        transformForms();
    }
}
