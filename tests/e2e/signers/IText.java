import com.itextpdf.text.Document;
import com.itextpdf.text.Paragraph;
import com.itextpdf.text.Rectangle;
import com.itextpdf.text.pdf.PdfReader;
import com.itextpdf.text.pdf.PdfSignatureAppearance;
import com.itextpdf.text.pdf.PdfStamper;
import com.itextpdf.text.pdf.PdfWriter;
import com.itextpdf.text.pdf.security.BouncyCastleDigest;
import com.itextpdf.text.pdf.security.MakeSignature;
import com.itextpdf.text.pdf.security.MakeSignature.CryptoStandard;
import com.itextpdf.text.pdf.security.PrivateKeySignature;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Papers signed by iText: IText KEY.p12, password x; into the current folder. */
public class IText {
	private static PrivateKey key;
	private static Certificate[] chain;

	private static void paper(String file, boolean packed) throws Exception {
		Document d = new Document();
		PdfWriter w = PdfWriter.getInstance(d, new FileOutputStream(file));

		if (packed)
			w.setFullCompression();
		d.open();
		d.add(new Paragraph("Contract of two parties"));
		d.close();
	}

	/** certify: 0, or the level of DocMDP. append: as a revision; else the paper is written anew. */
	private static void sign(String in, String out, String field, int certify, CryptoStandard kind, boolean append)
	    throws Exception {
		PdfStamper stamper = PdfStamper.createSignature(new PdfReader(in), new FileOutputStream(out), '\0', null, append);
		PdfSignatureAppearance look = stamper.getSignatureAppearance();

		look.setVisibleSignature(new Rectangle(36, 700, 200, 760), 1, field);
		if (certify > 0)
			look.setCertificationLevel(certify);
		MakeSignature.signDetached(look, new BouncyCastleDigest(), new PrivateKeySignature(key, "SHA256", "BC"), chain,
		    null, null, null, 0, kind);
	}

	public static void main(String[] args) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		String alias;

		Security.addProvider(new BouncyCastleProvider());
		store.load(new FileInputStream(args[0]), "x".toCharArray());
		alias = store.aliases().nextElement();
		key = (PrivateKey) store.getKey(alias, "x".toCharArray());
		chain = store.getCertificateChain(alias);
		paper("plain.pdf", false);
		paper("packed.pdf", true);
		sign("plain.pdf", "cms.pdf", "first", 0, CryptoStandard.CMS, false);
		sign("plain.pdf", "cades.pdf", "first", 0, CryptoStandard.CADES, false);
		sign("cades.pdf", "cades-twice.pdf", "second", 0, CryptoStandard.CADES, true);
		sign("packed.pdf", "packed-signed.pdf", "first", 0, CryptoStandard.CADES, true);
		sign("packed-signed.pdf", "packed-twice.pdf", "second", 0, CryptoStandard.CMS, true);
		sign("plain.pdf", "certified.pdf", "first", 1, CryptoStandard.CADES, false);
		sign("certified.pdf", "certified-then-signed.pdf", "second", 0, CryptoStandard.CADES, true);
	}
}
