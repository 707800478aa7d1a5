import java.io.File;
import java.util.EnumSet;
import java.util.Set;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Validate PDF files against the profile that each claims and, where that is the tagged one, against PDF/UA-1 too. */
public class Check {
    private static final Set<PDFAFlavour> TAGGED =
        EnumSet.of(PDFAFlavour.PDFA_1_A, PDFAFlavour.PDFA_2_A, PDFAFlavour.PDFA_3_A);

    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean good = true;
        for (String name : files) {
            PDFAFlavour claimed;
            try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(name))) {
                claimed = parser.getFlavour();
                good &= report(name, parser);
            }
            if (TAGGED.contains(claimed)) {
                try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(name), PDFAFlavour.PDFUA_1)) {
                    good &= report(name, parser);
                }
            }
        }
        System.exit(good ? 0 : 1);
    }

    /** Print one line for the file and one for each kind of fault; return whether there is none. */
    private static boolean report(String name, PDFAParser parser) throws Exception {
        ValidationResult found = Foundries.defaultInstance().createValidator(parser.getFlavour(), false).validate(parser);
        System.out.println((found.isCompliant() ? "valid" : "INVALID") + "\t" + parser.getFlavour() + "\t" + name);
        for (TestAssertion each : found.getTestAssertions())
            System.out.println("\t" + each.getRuleId().getClause() + " " + each.getMessage());
        return found.isCompliant();
    }
}
