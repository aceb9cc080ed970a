import java.io.*;
import java.math.BigInteger;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.*;
import org.bouncycastle.asn1.*;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.*;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.*;
import org.bouncycastle.cert.jcajce.*;
import org.bouncycastle.jcajce.PKIXExtendedParameters;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Revocation lists made at random for a path of two authorities, of mixed algorithms: complete, partitioned by address, by
 * kind of certificate and by reason, indirect with certificateIssuer entries, deltas on top, too old or too new, forged,
 * with critical extensions that nobody knows; a leaf that names all, some or none of them; and what Bouncy Castle's PKIX
 * validator says of each. RandomStatus FOLDER SEED COUNT writes N.leaf.pem, N.others.pem, N.crossed.pem (the same with
 * cross certificates that lead nowhere), N.root.pem, N.crls.pem, and a line of `answers` for each: N good|revoked|unknown
 * SUITE what is in it.
 */
public class RandomStatus {
	static final Date FROM = day("2026-01-01"), AT = day("2026-03-01"), UNTIL = day("2027-01-01");
	static final String A = "http://yunze.example/a.crl", B = "http://yunze.example/b.crl", FRESH = "http://yunze.example/delta.crl";
	static Random random;
	static long serial;
	static final Map<String, List<KeyPair>> keys = new HashMap<>();

	static Date day(String text) { return Date.from(Instant.parse(text + "T00:00:00Z")); }
	static boolean chance(int percent) { return random.nextInt(100) < percent; }
	static <T> T one(List<T> of) { return of.get(random.nextInt(of.size())); }

	static class Who {
		X500Name name;
		KeyPair key;
		String algorithm;
		X509Certificate cert;
	}

	static String signature(String suite) { return suite.equals("SM2") ? "SM3withSM2" : suite.equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA"; }

	static Extension extension(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) throws IOException {
		return new Extension(oid, critical, value.toASN1Primitive().getEncoded("DER"));
	}

	static Who make(String cn, String suite, int key, Who by, List<Extension> extensions) throws Exception {
		Who w = new Who();
		w.name = new X500Name("C=CN,O=Yunze,CN=" + cn);
		w.key = keys.get(suite).get(key);
		w.algorithm = signature(suite);
		Who issuer = by == null ? w : by;
		X509v3CertificateBuilder b = new JcaX509v3CertificateBuilder(
		    issuer.name, BigInteger.valueOf(++serial), FROM, UNTIL, w.name, w.key.getPublic());
		JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
		for (Extension e : extensions)
			b.addExtension(e);
		b.addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(w.key.getPublic()));
		b.addExtension(Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(issuer.key.getPublic()));
		w.cert = new JcaX509CertificateConverter().setProvider("BC").getCertificate(
		    b.build(new JcaContentSignerBuilder(issuer.algorithm).setProvider("BC").build(issuer.key.getPrivate())));
		return w;
	}

	/** The same name and key, certified by another. */
	static X509Certificate again(Who w, Who by) throws Exception {
		X509v3CertificateBuilder b = new JcaX509v3CertificateBuilder(
		    by.name, BigInteger.valueOf(++serial), FROM, UNTIL, w.name, w.key.getPublic());
		for (Extension e : authority())
			b.addExtension(e);
		b.addExtension(Extension.subjectKeyIdentifier, false, new JcaX509ExtensionUtils().createSubjectKeyIdentifier(w.key.getPublic()));
		return new JcaX509CertificateConverter().setProvider("BC").getCertificate(
		    b.build(new JcaContentSignerBuilder(by.algorithm).setProvider("BC").build(by.key.getPrivate())));
	}

	static List<Extension> authority() throws IOException {
		return List.of(extension(Extension.basicConstraints, true, new BasicConstraints(true)),
		    extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign)));
	}

	static DistributionPointName at(String... uris) {
		GeneralName[] names = new GeneralName[uris.length];
		for (int i = 0; i < uris.length; i++)
			names[i] = new GeneralName(GeneralName.uniformResourceIdentifier, uris[i]);
		return new DistributionPointName(new GeneralNames(names));
	}

	static final int SOME = ReasonFlags.keyCompromise | ReasonFlags.superseded,
			 REST = ReasonFlags.cACompromise | ReasonFlags.affiliationChanged | ReasonFlags.cessationOfOperation |
	    ReasonFlags.certificateHold | ReasonFlags.privilegeWithdrawn | ReasonFlags.aACompromise;

	/** What the leaf says of where its lists are; lists: the authority of indirect ones. */
	static Extension points(int kind, Who lists) throws IOException {
		GeneralNames by = new GeneralNames(new GeneralName(lists.name));
		DistributionPoint[] all;
		switch (kind) {
		case 1: all = new DistributionPoint[] { new DistributionPoint(at(A), null, null) }; break;
		case 2: all = new DistributionPoint[] { new DistributionPoint(at(A, B), null, null) }; break;
		case 3: all = new DistributionPoint[] { new DistributionPoint(at(A), new ReasonFlags(SOME), null),
			    new DistributionPoint(at(B), new ReasonFlags(REST), null) }; break;
		case 4: all = new DistributionPoint[] { new DistributionPoint(at(A), null, by) }; break;
		default: return null;
		}
		return extension(Extension.cRLDistributionPoints, false, new CRLDistPoint(all));
	}

	static Extension issuing(boolean indirect, String uri, int kind, int reasons) throws IOException {
		ReasonFlags flags = reasons == 0 ? null : new ReasonFlags(reasons);
		if (!indirect && uri == null && kind == 0 && flags == null)
			return null;
		return extension(Extension.issuingDistributionPoint, true,
		    new IssuingDistributionPoint(uri == null ? null : at(uri), kind == 1, kind == 2, flags, indirect, kind == 3));
	}

	static X509CRL list(Who by, int number, Integer base, Extension point, boolean fresh, Date from, Date next,
	    List<Object[]> entries, boolean forged, boolean strange) throws Exception {
		X509v2CRLBuilder b = new X509v2CRLBuilder(by.name, from);
		b.setNextUpdate(next);
		for (Object[] e : entries) {
			ExtensionsGenerator g = new ExtensionsGenerator();
			if ((int)e[1] >= 0)
				g.addExtension(Extension.reasonCode, false, CRLReason.lookup((int)e[1]));
			if (e[2] != null)
				g.addExtension(Extension.certificateIssuer, true, new GeneralNames(new GeneralName((X500Name)e[2])));
			if (g.isEmpty())
				b.addCRLEntry((BigInteger)e[0], day("2026-02-01"), CRLReason.unspecified);
			else
				b.addCRLEntry((BigInteger)e[0], day("2026-02-01"), g.generate());
		}
		b.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
		b.addExtension(Extension.authorityKeyIdentifier, false, new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(by.key.getPublic()));
		if (base != null)
			b.addExtension(Extension.deltaCRLIndicator, true, new CRLNumber(BigInteger.valueOf(base)));
		if (point != null)
			b.addExtension(point);
		if (fresh)
			b.addExtension(Extension.freshestCRL, false, new CRLDistPoint(new DistributionPoint[] { new DistributionPoint(at(FRESH), null, null) }));
		if (strange)
			b.addExtension(new ASN1ObjectIdentifier("1.2.3.4.5"), true, DERNull.INSTANCE);
		byte[] der = b.build(new JcaContentSignerBuilder(by.algorithm).setProvider("BC").build(by.key.getPrivate())).getEncoded();
		if (forged)
			der[der.length - 1] ^= 1;
		return (X509CRL)CertificateFactory.getInstance("X.509", "BC").generateCRL(new ByteArrayInputStream(der));
	}

	static void put(StringBuilder out, String label, byte[] der) {
		out.append("-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, "\n".getBytes()).encodeToString(der) + "\n-----END " + label + "-----\n");
	}

	static String judge(List<X509Certificate> path, Who root, List<Object> bag) throws Exception {
		PKIXParameters p = new PKIXParameters(Set.of(new TrustAnchor(root.cert, null)));
		p.setDate(AT);
		p.setRevocationEnabled(true);
		p.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(bag), "BC"));
		try {
			CertPathValidator.getInstance("PKIX", "BC").validate(CertificateFactory.getInstance("X.509", "BC").generateCertPath(path),
			    new PKIXExtendedParameters.Builder(p).setUseDeltasEnabled(true).build());
			return "good";
		} catch (CertPathValidatorException e) {
			for (Throwable t = e; t != null; t = t.getCause())
				if (String.valueOf(t.getMessage()).contains("revo") && String.valueOf(t.getMessage()).contains("reason"))
					return "revoked";
			return "unknown";
		} catch (NullPointerException e) { /* its own mistake, where no list serves */
			return "unknown";
		}
	}

	static void make(Path folder, int n, StringBuilder answers) throws Exception {
		String suite = chance(20) ? "SM2" : "mixed";
		List<String> kinds = suite.equals("SM2") ? List.of("SM2") : List.of("P-256", "RSA");
		Who root = make("root " + n, one(kinds), 0, null, authority()), sub = make("sub " + n, one(kinds), 1, root, authority()),
		    lists = make("lists " + n, one(kinds), 2, root, List.of(extension(Extension.basicConstraints, true, new BasicConstraints(false)),
			extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.cRLSign))));
		StringBuilder crossed = null;
		if (chance(40)) { /* the authorities again, by a root that nobody trusts, and that root by them */
			Who stranger = make("stranger " + n, one(kinds), 0, null, authority());
			crossed = new StringBuilder();
			put(crossed, "CERTIFICATE", again(sub, stranger).getEncoded());
			put(crossed, "CERTIFICATE", again(root, stranger).getEncoded());
			put(crossed, "CERTIFICATE", again(stranger, sub).getEncoded());
		}
		int point = random.nextInt(5);
		boolean delta = point < 3 && chance(35);
		List<Extension> e = new ArrayList<>(List.of(extension(Extension.basicConstraints, true, new BasicConstraints(false)),
		    extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))));
		if (points(point, lists) != null)
			e.add(points(point, lists));
		if (delta)
			e.add(extension(Extension.freshestCRL, false, new CRLDistPoint(new DistributionPoint[] { new DistributionPoint(at(FRESH), null, null) })));
		Who leaf = make("leaf " + n, one(kinds), 3, sub, e);
		BigInteger number = leaf.cert.getSerialNumber();
		StringBuilder what = new StringBuilder("point" + point), pem = new StringBuilder();
		List<Object> bag = new ArrayList<>(List.of(leaf.cert, sub.cert, lists.cert, root.cert));
		List<X509CRL> crls = new ArrayList<>();

		crls.add(list(root, 1, null, null, false, day("2026-02-20"), day("2026-04-01"), List.of(), false, false));
		for (int left = point == 3 ? 2 : 1, i = 0; i < left; i++) {
			boolean indirect = point == 4 ? !chance(10) : chance(8), odd = chance(12), forged = odd && chance(30), strange = odd && !forged && chance(30);
			boolean old = odd && !forged && !strange && chance(50), young = odd && !forged && !strange && !old;
			Who by = indirect ? lists : sub;
			String uri = point == 3 ? (i == 0 ? A : B) : chance(50) ? null : chance(80) ? A : B;
			int kind = chance(75) ? 0 : 1 + random.nextInt(3), reasons = point == 3 ? (i == 0 ? SOME : REST) : chance(8) ? SOME : 0;
			List<Object[]> entries = new ArrayList<>();
			boolean revoked = chance(40), other = chance(50);
			int reason = one(List.of(-1, 1, 4, 6));
			if (other)
				entries.add(new Object[] { number.add(BigInteger.TEN), 1, indirect ? (chance(50) ? sub.name : root.name) : null });
			if (revoked)
				entries.add(new Object[] { number, reason, indirect ? (chance(85) ? sub.name : root.name) : null });
			Extension idp = issuing(indirect, uri, kind, reasons);
			crls.add(list(by, 5, null, idp, delta, old ? day("2026-01-10") : young ? day("2026-03-05") : day("2026-02-20"),
			    old ? day("2026-02-10") : day("2026-04-01"), entries, forged, strange));
			what.append(indirect ? " indirect" : " direct").append(uri == null ? "" : uri == A ? " A" : " B").append(kind == 0 ? "" : " kind" + kind)
			    .append(reasons == 0 ? "" : " reasons").append(revoked ? " revoked" + reason : "").append(old ? " old" : young ? " young" : forged ? " forged" : strange ? " strange" : "");
			if (!delta)
				continue;
			boolean drops = revoked && reason == 6 && chance(70), adds = !revoked && chance(40);
			List<Object[]> more = new ArrayList<>();
			if (drops)
				more.add(new Object[] { number, 8, null });
			if (adds)
				more.add(new Object[] { number, 1, null });
			if (!indirect)
				crls.add(list(by, 6, 5, idp, false, day("2026-02-25"), day("2026-04-01"), more, false, false));
			what.append(drops ? " delta:drops" : adds ? " delta:adds" : " delta");
		}
		bag.addAll(crls);
		answers.append(n + " " + judge(List.of(leaf.cert, sub.cert), root, bag) + " " + suite + " " + what + "\n");
		put(pem, "CERTIFICATE", leaf.cert.getEncoded());
		Files.writeString(folder.resolve(n + ".leaf.pem"), pem);
		pem.setLength(0);
		put(pem, "CERTIFICATE", root.cert.getEncoded());
		Files.writeString(folder.resolve(n + ".root.pem"), pem);
		pem.setLength(0);
		put(pem, "CERTIFICATE", sub.cert.getEncoded());
		put(pem, "CERTIFICATE", lists.cert.getEncoded());
		Files.writeString(folder.resolve(n + ".others.pem"), pem);
		if (crossed != null)
			pem.insert(0, crossed);
		Files.writeString(folder.resolve(n + ".crossed.pem"), pem);
		pem.setLength(0);
		for (X509CRL c : crls)
			put(pem, "X509 CRL", c.getEncoded());
		Files.writeString(folder.resolve(n + ".crls.pem"), pem);
	}

	public static void main(String[] args) throws Exception {
		Security.addProvider(new BouncyCastleProvider());
		random = new Random(Long.parseLong(args[1]));
		for (String suite : List.of("P-256", "RSA", "SM2")) {
			KeyPairGenerator g = KeyPairGenerator.getInstance(suite.equals("RSA") ? "RSA" : "EC", "BC");
			if (suite.equals("RSA"))
				g.initialize(2048);
			else
				g.initialize(new ECGenParameterSpec(suite.equals("SM2") ? "sm2p256v1" : "P-256"));
			List<KeyPair> all = new ArrayList<>();
			for (int i = 0; i < 4; i++)
				all.add(g.generateKeyPair());
			keys.put(suite, all);
		}
		StringBuilder answers = new StringBuilder();
		for (int n = 0; n < Integer.parseInt(args[2]); n++)
			make(Path.of(args[0]), n, answers);
		Files.writeString(Path.of(args[0], "answers"), answers);
	}
}
