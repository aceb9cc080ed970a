import java.io.ByteArrayInputStream;
import java.net.URI;
import java.security.MessageDigest;
import java.security.Security;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Every seal signature of an OFD file with Java's ZIP and XML and Bouncy Castle's SM2 and SM3: each CheckValue, dataHash,
 * propertyInfo, the signature over TBS_Sign, the seal's over eSealInfo, certList, Seal.esl; strips that join to one
 * picture. One line for each signature: ID, references, whole stamps, strips.
 * usage: java -cp JARS CheckOfd.java FILE.ofd
 */
class CheckOfd {
	static ZipFile zip;

	static byte[] read(String path) throws Exception {
		return zip.getInputStream(zip.getEntry(path)).readAllBytes();
	}

	static Document xml(byte[] bytes) throws Exception {
		DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
		f.setNamespaceAware(true);
		f.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
		return f.newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
	}

	static List<Element> all(Document d, String name) {
		NodeList n = d.getElementsByTagNameNS("http://www.ofdspec.org/2016", name);
		List<Element> out = new ArrayList<>();
		for (int i = 0; i < n.getLength(); i++) out.add((Element) n.item(i));
		return out;
	}

	static String one(Document d, String name) {
		List<Element> n = all(d, name);
		need(n.size() == 1, n.size() + " elements " + name);
		return n.get(0).getTextContent().trim();
	}

	static String at(String from, String loc) {
		return loc.startsWith("/") ? loc.substring(1) : URI.create("/" + from).resolve(loc).getPath().substring(1);
	}

	static void need(boolean good, String what) {
		if (good) return;
		System.err.println(what);
		System.exit(1);
	}

	static byte[] sm3(byte[] v) throws Exception {
		return MessageDigest.getInstance("SM3", "BC").digest(v);
	}

	static byte[] octets(ASN1Encodable e) {
		return ASN1OctetString.getInstance(e).getOctets();
	}

	static byte[] bits(ASN1Encodable e) {
		return ((ASN1BitString) e).getOctets();
	}

	static boolean verifies(byte[] cert, byte[] message, byte[] value) throws Exception {
		X509Certificate c = (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(new ByteArrayInputStream(cert));
		Signature s = Signature.getInstance("SM3withSM2", "BC");
		s.initVerify(c.getPublicKey());
		s.update(message);
		return s.verify(value);
	}

	static byte[] der(ASN1Encodable e) throws Exception {
		return e.toASN1Primitive().getEncoded("DER");
	}

	static void check(byte[] original, String path, byte[] seal, byte[] value) throws Exception {
		ASN1Sequence ses = ASN1Sequence.getInstance(value), tbs = ASN1Sequence.getInstance(ses.getObjectAt(0));
		ASN1Sequence eseal = ASN1Sequence.getInstance(tbs.getObjectAt(1)), info = ASN1Sequence.getInstance(eseal.getObjectAt(0));
		byte[] signer = octets(ses.getObjectAt(1));
		need(Arrays.equals(der(eseal), seal), path + ": Seal.esl");
		need(Arrays.equals(bits(tbs.getObjectAt(3)), sm3(original)), path + ": dataHash");
		need(((ASN1String) tbs.getObjectAt(4)).getString().equals("/" + path), path + ": propertyInfo");
		need(verifies(signer, der(tbs), bits(ses.getObjectAt(3))), path + ": signature");
		need(verifies(octets(eseal.getObjectAt(1)), der(info), bits(eseal.getObjectAt(3))), path + ": seal");
		ASN1Sequence property = ASN1Sequence.getInstance(info.getObjectAt(2)), list = ASN1Sequence.getInstance(property.getObjectAt(3));
		boolean whole = property.getObjectAt(2).toString().equals("1");
		byte[] listed = whole ? octets(list.getObjectAt(0)) : octets(ASN1Sequence.getInstance(list.getObjectAt(0)).getObjectAt(1));
		need(Arrays.equals(listed, whole ? signer : sm3(signer)), path + ": certList");
	}

	static long[] box(String text) {
		return Arrays.stream(text.split(" ")).mapToLong(v -> Math.round(Double.parseDouble(v) * 100)).toArray();
	}

	static void list(String path) throws Exception {
		for (Element e : all(xml(read(path)), "Signature")) {
			String file = at(path, e.getAttribute("BaseLoc"));
			byte[] original = read(file);
			Document d = xml(original);
			int stamps = 0, strips = 0;
			long joined = 0;
			for (Element r : all(d, "Reference"))
				need(Arrays.equals(Base64.getDecoder().decode(r.getTextContent().trim()), sm3(read(at(file, r.getAttribute("FileRef"))))), r.getAttribute("FileRef"));
			for (Element s : all(d, "StampAnnot")) {
				if (!s.hasAttribute("Clip")) {
					stamps++;
					continue;
				}
				long[] b = box(s.getAttribute("Boundary")), c = box(s.getAttribute("Clip"));
				int x = c[2] == b[2] ? 1 : 0;
				need(c[x] == joined, "a gap between two strips");
				joined = c[x] + c[x + 2] == b[x + 2] ? 0 : c[x] + c[x + 2];
				strips++;
			}
			need(joined == 0, "strips that end in the middle");
			String seal = all(d, "Seal").get(0).getTextContent().trim();
			check(original, file, read(at(file, seal)), read(at(file, one(d, "SignedValue"))));
			System.out.println(e.getAttribute("ID") + " " + all(d, "Reference").size() + " " + stamps + " " + strips);
		}
	}

	public static void main(String[] args) throws Exception {
		Security.addProvider(new BouncyCastleProvider());
		zip = new ZipFile(args[0]);
		for (Element e : all(xml(read("OFD.xml")), "Signatures")) list(at("OFD.xml", e.getTextContent().trim()));
	}
}
