import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Calendar;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.CMSTypedData;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** A paper signed by PDFBox: PdfBox KEY.p12 ALGORITHM IN.pdf OUT.pdf, password x. */
public class PdfBox {
	/** What PDFBox gives to be signed. */
	private record Covered(InputStream in) implements CMSTypedData {
		public Object getContent() { return in; }
		public void write(OutputStream out) throws IOException { in.transferTo(out); }
		public ASN1ObjectIdentifier getContentType() { return CMSObjectIdentifiers.data; }
	}

	private static byte[] signed(PrivateKey key, String how, Certificate[] chain, InputStream covered)
	    throws IOException {
		try {
			CMSSignedDataGenerator g = new CMSSignedDataGenerator();

			g.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
			    .build(new JcaContentSignerBuilder(how).setProvider("BC").build(key), (X509Certificate) chain[0]));
			g.addCertificates(new JcaCertStore(Arrays.asList(chain)));
			return g.generate(new Covered(covered), false).getEncoded();
		} catch (Exception e) {
			throw new IOException(e);
		}
	}

	public static void main(String[] args) throws Exception {
		Security.addProvider(new BouncyCastleProvider());
		KeyStore store = KeyStore.getInstance("PKCS12", "BC");
		PDSignature s = new PDSignature();

		store.load(new FileInputStream(args[0]), "x".toCharArray());
		String alias = store.aliases().nextElement();
		PrivateKey key = (PrivateKey) store.getKey(alias, "x".toCharArray());
		Certificate[] chain = store.getCertificateChain(alias);
		s.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
		s.setSubFilter(PDSignature.SUBFILTER_ADBE_PKCS7_DETACHED);
		s.setSignDate(Calendar.getInstance());
		try (PDDocument d = PDDocument.load(new File(args[2])); FileOutputStream out = new FileOutputStream(args[3])) {
			d.addSignature(s, covered -> signed(key, args[1], chain, covered));
			d.saveIncremental(out);
		}
	}
}
