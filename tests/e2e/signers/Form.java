import com.itextpdf.text.Document;
import com.itextpdf.text.Paragraph;
import com.itextpdf.text.Rectangle;
import com.itextpdf.text.BaseColor;
import com.itextpdf.text.pdf.PdfAnnotation;
import com.itextpdf.text.pdf.PdfFormField;
import com.itextpdf.text.pdf.PdfReader;
import com.itextpdf.text.pdf.PdfStamper;
import com.itextpdf.text.pdf.PdfWriter;
import com.itextpdf.text.pdf.RadioCheckField;
import com.itextpdf.text.pdf.TextField;
import java.io.File;
import java.io.FileOutputStream;
import java.io.OutputStream;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationWidget;
import org.apache.pdfbox.pdmodel.interactive.form.PDAcroForm;
import org.apache.pdfbox.pdmodel.interactive.form.PDCheckBox;
import org.apache.pdfbox.pdmodel.interactive.form.PDField;

/**
 * A form with a field of each kind, and others that fill it in by a revision more: Form make OUT [packed], or
 * Form itext|pdfbox IN PREFIX NAME VALUE..., which writes PREFIX-NAME.pdf for each.
 */
public class Form {
	private static TextField text(PdfWriter w, int y, int height, String name) {
		return new TextField(w, new Rectangle(80, y, 280, y + height), name);
	}

	private static void choices(TextField t) {
		t.setChoices(new String[] {"one", "two"});
		t.setChoiceExports(new String[] {"1", "2"});
		t.setChoiceSelection(0);
	}

	private static void make(String out, boolean packed) throws Exception {
		Document d = new Document();
		PdfWriter w = PdfWriter.getInstance(d, new FileOutputStream(out));
		TextField buyer = text(w, 700, 20, "buyer"), terms = text(w, 600, 80, "terms"), comb = text(w, 550, 20, "comb"),
			  kind = text(w, 450, 20, "kind"), list = text(w, 350, 80, "list");
		PdfFormField approver = PdfFormField.createSignature(w);

		if (packed)
			w.setFullCompression();
		d.open();
		d.add(new Paragraph("Supply contract"));
		buyer.setText("nobody");
		terms.setText("none");
		terms.setOptions(TextField.MULTILINE);
		terms.setBackgroundColor(BaseColor.WHITE);
		terms.setBorderColor(BaseColor.BLACK);
		comb.setText("12");
		comb.setOptions(TextField.COMB);
		comb.setMaxCharacterLength(8);
		choices(kind);
		choices(list);
		w.addAnnotation(buyer.getTextField());
		w.addAnnotation(terms.getTextField());
		w.addAnnotation(comb.getTextField());
		w.addAnnotation(new RadioCheckField(w, new Rectangle(80, 500, 100, 520), "agreed", "Yes").getCheckField());
		w.addAnnotation(kind.getComboField());
		w.addAnnotation(list.getListField());
		approver.setWidget(new Rectangle(320, 500, 480, 620), null);
		approver.setFieldName("approver");
		approver.setFlags(PdfAnnotation.FLAGS_PRINT);
		w.addAnnotation(approver);
		d.close();
	}

	private static void itext(String in, String out, String name, String value) throws Exception {
		PdfStamper s = new PdfStamper(new PdfReader(in), new FileOutputStream(out), '\0', true);

		if (!s.getAcroFields().setField(name, value))
			throw new IllegalArgumentException(name);
		s.close();
	}

	/** Everything that the setting of a value may have touched. */
	private static void touch(COSBase v, COSName... inner) {
		if (!(v instanceof COSDictionary d))
			return;
		d.setNeedToBeUpdated(true);
		for (COSName key : inner)
			touch(d.getDictionaryObject(key), inner);
	}

	private static void pdfbox(String in, String out, String name, String value) throws Exception {
		try (PDDocument d = PDDocument.load(new File(in)); OutputStream o = new FileOutputStream(out)) {
			PDAcroForm form = d.getDocumentCatalog().getAcroForm();
			PDField field = form.getField(name);

			if (field instanceof PDCheckBox box)
				box.check();
			else
				field.setValue(value);
			for (PDAnnotationWidget w : field.getWidgets())
				touch(w.getCOSObject(), COSName.AP, COSName.N);
			touch(form.getCOSObject(), COSName.DR, COSName.FONT);
			d.getDocumentCatalog().getCOSObject().setNeedToBeUpdated(true);
			d.saveIncremental(o);
		}
	}

	public static void main(String[] args) throws Exception {
		if (args[0].equals("make")) {
			make(args[1], args.length > 2);
			return;
		}
		for (int i = 3; i + 1 < args.length; i += 2)
			if (args[0].equals("itext"))
				itext(args[1], args[2] + "-" + args[i] + ".pdf", args[i], args[i + 1]);
			else
				pdfbox(args[1], args[2] + "-" + args[i] + ".pdf", args[i], args[i + 1]);
	}
}
