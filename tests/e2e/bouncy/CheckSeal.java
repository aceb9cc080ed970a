// Reads an SESeal by the ASN.1 of its standard (GM/T 0031-2014, GB/T 38540-2020, GM/T 0031-2025), field by field, builds
// it again from the values read, and says whether the bytes are the same; verifies the maker's signature; prints the
// fields. Nothing here is ours.
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.text.SimpleDateFormat;
import java.util.*;
import org.bouncycastle.asn1.*;
import org.bouncycastle.crypto.params.*;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.jcajce.provider.asymmetric.util.ECUtil;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.util.encoders.Hex;

public class CheckSeal {
	static boolean v1;

	static <T> T want(ASN1Encodable e, Class<T> type, String field) {
		if (!type.isInstance(e))
			throw new IllegalArgumentException(field + " is " + e.getClass().getSimpleName());
		return type.cast(e);
	}

	static void say(String field, Object value) {
		System.out.println(field + "=" + value);
	}

	static ASN1Encodable text(ASN1Encodable e, String field) {
		String s = want(e, ASN1IA5String.class, field).getString();
		say(field, s);
		return new DERIA5String(s);
	}

	static ASN1Encodable number(ASN1Encodable e, String field) {
		BigInteger n = want(e, ASN1Integer.class, field).getValue();
		say(field, n);
		return new ASN1Integer(n);
	}

	static ASN1Encodable octets(ASN1Encodable e) {
		return new DEROctetString(want(e, ASN1OctetString.class, "OCTET STRING").getOctets());
	}

	static ASN1Encodable bits(ASN1Encodable e, String field) {
		ASN1BitString b = want(e, ASN1BitString.class, field);
		if (b.getPadBits() != 0)
			throw new IllegalArgumentException(field + " has unused bits");
		return new DERBitString(b.getOctets());
	}

	static ASN1Encodable oid(ASN1Encodable e, String field) {
		String id = want(e, ASN1ObjectIdentifier.class, field).getId();
		say(field, id);
		return new ASN1ObjectIdentifier(id);
	}

	static ASN1Encodable time(ASN1Encodable e, String field) throws Exception {
		SimpleDateFormat iso = new SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
		iso.setTimeZone(TimeZone.getTimeZone("UTC"));
		Date d = v1 ? want(e, ASN1UTCTime.class, field).getAdjustedDate() : want(e, ASN1GeneralizedTime.class, field).getDate();
		say(field, iso.format(d));
		return v1 ? new DERUTCTime(d) : new DERGeneralizedTime(d);
	}

	static ASN1Encodable certs(ASN1Encodable e, int kind) {
		ASN1EncodableVector out = new ASN1EncodableVector();
		for (ASN1Encodable one : want(e, ASN1Sequence.class, "certList")) {
			if (kind == 1) {
				out.add(octets(one));
			} else {
				ASN1Sequence digest = want(one, ASN1Sequence.class, "CertDigestObj");
				String type = want(digest.getObjectAt(0), ASN1PrintableString.class, "CertDigestObj.type").getString();
				say("CertDigestObj.value", Hex.toHexString(((ASN1OctetString) digest.getObjectAt(1)).getOctets()));
				out.add(new DERSequence(new ASN1Encodable[] { new DERPrintableString(type), octets(digest.getObjectAt(1)) }));
			}
		}
		say("certList", out.size());
		return new DERSequence(out);
	}

	static ASN1Encodable property(ASN1Sequence s) throws Exception {
		ASN1EncodableVector out = new ASN1EncodableVector();
		int at = 0, kind = 1;
		out.add(number(s.getObjectAt(at++), "type"));
		String name = want(s.getObjectAt(at++), ASN1UTF8String.class, "name").getString();
		say("name", name);
		out.add(new DERUTF8String(name));
		if (!v1) {
			kind = ((ASN1Integer) s.getObjectAt(at)).intValueExact();
			out.add(number(s.getObjectAt(at++), "certListType"));
		}
		out.add(certs(s.getObjectAt(at++), kind));
		out.add(time(s.getObjectAt(at++), "createDate"));
		out.add(time(s.getObjectAt(at++), "validStart"));
		out.add(time(s.getObjectAt(at++), "validEnd"));
		if (at != s.size())
			throw new IllegalArgumentException("property is longer");
		return new DERSequence(out);
	}

	static ASN1Encodable extensions(ASN1Encodable e) {
		ASN1EncodableVector out = new ASN1EncodableVector();
		for (ASN1Encodable one : want(e, ASN1Sequence.class, "extDatas")) {
			ASN1Sequence x = (ASN1Sequence) one;
			ASN1EncodableVector again = new ASN1EncodableVector();
			again.add(oid(x.getObjectAt(0), "extnID"));
			if (x.size() == 3)
				again.add(ASN1Boolean.getInstance(((ASN1Boolean) x.getObjectAt(1)).isTrue()));
			again.add(octets(x.getObjectAt(x.size() - 1)));
			out.add(new DERSequence(again));
		}
		return new DERSequence(out);
	}

	static DERSequence info(ASN1Sequence s) throws Exception {
		ASN1EncodableVector out = new ASN1EncodableVector();
		ASN1Sequence header = (ASN1Sequence) s.getObjectAt(0), picture = (ASN1Sequence) s.getObjectAt(3);
		out.add(new DERSequence(new ASN1Encodable[] { text(header.getObjectAt(0), "ID"),
			number(header.getObjectAt(1), "version"), text(header.getObjectAt(2), "Vid") }));
		out.add(text(s.getObjectAt(1), "esID"));
		out.add(property((ASN1Sequence) s.getObjectAt(2)));
		byte[] data = ((ASN1OctetString) picture.getObjectAt(1)).getOctets();
		say("picture", Hex.toHexString(MessageDigest.getInstance("SHA-256").digest(data)));
		out.add(new DERSequence(new ASN1Encodable[] { text(picture.getObjectAt(0), "picture.type"), new DEROctetString(data),
			number(picture.getObjectAt(2), "width"), number(picture.getObjectAt(3), "height") }));
		if (s.size() > 4) {
			ASN1Encodable x = s.getObjectAt(4);
			boolean tagged = x instanceof ASN1TaggedObject;
			ASN1Encodable again = extensions(tagged ? ((ASN1TaggedObject) x).getExplicitBaseObject() : x);
			out.add(tagged ? new DERTaggedObject(true, 0, again) : again);
		}
		return new DERSequence(out);
	}

	static String verify(byte[] cert, byte[] message, byte[] value) throws Exception {
		X509Certificate c;
		try {
			c = (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(new ByteArrayInputStream(cert));
		} catch (CertificateException e) {
			return "of no certificate";
		}
		SM2Signer s = new SM2Signer();
		s.init(false, new ParametersWithID(ECUtil.generatePublicKeyParameter(c.getPublicKey()), "1234567812345678".getBytes()));
		s.update(message, 0, message.length);
		return s.verifySignature(value) ? "good" : "bad";
	}

	public static void main(String[] args) throws Exception {
		Security.addProvider(new BouncyCastleProvider());
		byte[] der = Files.readAllBytes(Paths.get(args[0]));
		ASN1Sequence seal = (ASN1Sequence) ASN1Primitive.fromByteArray(der);
		v1 = seal.size() == 2;
		ASN1Sequence sign = v1 ? (ASN1Sequence) seal.getObjectAt(1) : null;
		DERSequence info = info((ASN1Sequence) seal.getObjectAt(0));
		ASN1Encodable cert = octets(v1 ? sign.getObjectAt(0) : seal.getObjectAt(1));
		ASN1Encodable alg = oid(v1 ? sign.getObjectAt(1) : seal.getObjectAt(2), "signAlgID");
		ASN1BitString value = (ASN1BitString) (v1 ? sign.getObjectAt(2) : seal.getObjectAt(3));
		ASN1EncodableVector out = new ASN1EncodableVector();
		out.add(info);
		if (v1) {
			out.add(new DERSequence(new ASN1Encodable[] { cert, alg, bits(value, "signData") }));
		} else {
			out.add(cert);
			out.add(alg);
			out.add(bits(value, "signedValue"));
		}
		if (!v1 && seal.size() > 4) {
			ASN1Encodable stamp = ((ASN1TaggedObject) seal.getObjectAt(4)).getExplicitBaseObject();
			Files.write(Paths.get(args[0] + ".tst"), ((ASN1BitString) stamp).getOctets());
			out.add(new DERTaggedObject(true, 0, bits(stamp, "timeStamp")));
		}
		say("timeStamp", !v1 && seal.size() > 4);
		byte[] message = v1 ? new DERSequence(new ASN1Encodable[] { info, cert, alg }).getEncoded() : info.getEncoded();
		say("signature", verify(((ASN1OctetString) cert).getOctets(), message, value.getOctets()));
		say("again", Arrays.equals(new DERSequence(out).getEncoded(), der) ? "same" : "other");
	}
}
