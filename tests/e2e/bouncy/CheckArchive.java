// Recomputes archive time-stamps of signed data by Bouncy Castle (EN 319 122-1 5.5): FILE CONTENT|-
// For every archive-time-stamp-v3 of every signer: each hash of its ats-hash-index-v3 is of a certificate, of revocation
// information or of an unsigned attribute's value that is there; the newest names all of them; the imprint is of the
// content type, the content's digest, the signer's fields and the index; the token's own signature holds.
// Prints one line for each: genTime and the numbers of hashes in the three lists. Exit status 0 when all of it holds.
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tsp.TimeStampToken;

public class CheckArchive {
    static final ASN1ObjectIdentifier STAMP = new ASN1ObjectIdentifier("0.4.0.1733.2.4");
    static final ASN1ObjectIdentifier INDEX = new ASN1ObjectIdentifier("0.4.0.19122.1.5");

    static void check(boolean holds, String what) {
        if (!holds)
            throw new IllegalStateException(what);
    }

    static byte[] digest(ASN1ObjectIdentifier oid, byte[] data) throws Exception {
        return MessageDigest.getInstance(oid.getId(), "BC").digest(data);
    }

    static byte[] join(byte[]... parts) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts)
            out.write(part);
        return out.toByteArray();
    }

    static List<byte[]> members(ASN1Set set) throws Exception {
        List<byte[]> all = new ArrayList<>();
        if (set != null)
            for (ASN1Encodable e : set)
                all.add(e.toASN1Primitive().getEncoded("DER"));
        return all;
    }

    // attrType and one value, for every value of every attribute
    static List<byte[]> values(ASN1Set attributes) throws Exception {
        List<byte[]> all = new ArrayList<>();
        for (ASN1Encodable e : attributes) {
            Attribute a = Attribute.getInstance(e);
            for (ASN1Encodable value : a.getAttrValues())
                all.add(join(a.getAttrType().getEncoded("DER"), value.toASN1Primitive().getEncoded("DER")));
        }
        return all;
    }

    // Every hash is of something that is there; gives how many of what is there are named.
    static int named(ASN1Encodable list, List<byte[]> there, ASN1ObjectIdentifier hash, String what) throws Exception {
        List<byte[]> left = new ArrayList<>();
        int num = 0;
        for (byte[] one : there)
            left.add(digest(hash, one));
        for (ASN1Encodable e : ASN1Sequence.getInstance(list)) {
            byte[] want = ASN1OctetString.getInstance(e).getOctets();
            boolean found = left.removeIf(have -> Arrays.equals(have, want));
            check(found, what + ": a hash of nothing that is there");
            num++;
        }
        return num;
    }

    static byte[] fields(SignerInfo s) throws Exception {
        // Re-encoded part by part: what is signed data's own is DER
        ASN1Sequence whole = ASN1Sequence.getInstance(s.toASN1Primitive());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int parts = s.getUnauthenticatedAttributes() == null ? whole.size() : whole.size() - 1;
        for (int i = 0; i < parts; i++)
            out.write(whole.getObjectAt(i).toASN1Primitive().getEncoded("DER"));
        return out.toByteArray();
    }

    static void verifyToken(TimeStampToken t) throws Exception {
        CMSSignedData d = t.toCMSSignedData();
        SignerInformation s = d.getSignerInfos().getSigners().iterator().next();
        X509CertificateHolder by = (X509CertificateHolder) d.getCertificates().getMatches(s.getSID()).iterator().next();
        check(s.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(by)), "the token's signature");
    }

    // Gives how many things its index names.
    static int checkStamp(SignedData d, SignerInfo s, TimeStampToken t, byte[] content) throws Exception {
        AttributeTable beside = t.getUnsignedAttributes();
        check(beside != null && beside.getAll(INDEX).size() == 1, "one index");
        ASN1Sequence index = ASN1Sequence.getInstance(beside.get(INDEX).getAttrValues().getObjectAt(0));
        check(index.size() == 4, "four members of the index");
        ASN1ObjectIdentifier hash = AlgorithmIdentifier.getInstance(index.getObjectAt(0)).getAlgorithm();
        int certs = named(index.getObjectAt(1), members(d.getCertificates()), hash, "certificates");
        int crls = named(index.getObjectAt(2), members(d.getCRLs()), hash, "crls");
        int attrs = named(index.getObjectAt(3), values(s.getUnauthenticatedAttributes()), hash, "unsignedAttrs");
        ASN1ObjectIdentifier by = t.getTimeStampInfo().getMessageImprintAlgOID();
        byte[] message = join(d.getEncapContentInfo().getContentType().getEncoded("DER"), digest(by, content), fields(s),
            index.getEncoded("DER"));
        check(Arrays.equals(digest(by, message), t.getTimeStampInfo().getMessageImprintDigest()), "imprint");
        verifyToken(t);
        System.out.println(t.getTimeStampInfo().getGenTime().getTime() + " " + certs + " " + crls + " " + attrs);
        return certs + crls + attrs;
    }

    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        ContentInfo info = ContentInfo.getInstance(
            new ASN1InputStream(Files.readAllBytes(Path.of(args[0]))).readObject());
        SignedData d = SignedData.getInstance(info.getContent());
        byte[] content = args[1].equals("-")
            ? ASN1OctetString.getInstance(d.getEncapContentInfo().getContent()).getOctets()
            : Files.readAllBytes(Path.of(args[1]));
        for (ASN1Encodable e : d.getSignerInfos()) {
            SignerInfo s = SignerInfo.getInstance(e);
            int there = members(d.getCertificates()).size() + members(d.getCRLs()).size()
                + values(s.getUnauthenticatedAttributes()).size(), most = 0;
            for (ASN1Encodable a : s.getUnauthenticatedAttributes()) {
                Attribute attribute = Attribute.getInstance(a);
                if (!attribute.getAttrType().equals(STAMP))
                    continue;
                for (ASN1Encodable value : attribute.getAttrValues())
                    most = Math.max(most, checkStamp(d, s, new TimeStampToken(ContentInfo.getInstance(value)), content));
            }
            check(most == there - 1, "the newest names all but itself");
        }
    }
}
