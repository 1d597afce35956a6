// Refreshes a folder of Markdown and asks a question about it: the C API by JNA.
//
// Usage: java -cp jna.jar Basic.java REPOSITORY FOLDER QUESTION   (Debian: libjna-java)
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;
import java.util.Map;

public class Basic {
    public interface Freshet extends Library {
        int freshet_repository_open(String directory, String options, PointerByReference out, PointerByReference error);
        void freshet_repository_close(Pointer repository);
        int freshet_refresh_run(Pointer repository, String config, Pointer policy, Pointer call, PointerByReference out,
                                PointerByReference error);
        int freshet_refresh_counts_get(Pointer run, Counts out, PointerByReference error);
        void freshet_refresh_free(Pointer run);
        int freshet_query_run(Pointer repository, String text, String options, Pointer call, PointerByReference out,
                              PointerByReference error);
        NativeLong freshet_hits_count(Pointer hits);
        int freshet_hits_get(Pointer hits, NativeLong index, Hit out, PointerByReference error);
        void freshet_hits_free(Pointer hits);
        Pointer freshet_error_to_string(Pointer error);
        void freshet_error_free(Pointer error);
    }

    // A struct may be declared as far as it is needed: struct_size is what was declared.
    @Structure.FieldOrder({"struct_size", "listed", "refreshed", "unchanged", "skipped", "removed", "busy", "failed"})
    public static class Counts extends Structure {
        public long struct_size = 64, listed, refreshed, unchanged, skipped, removed, busy, failed;
    }

    @Structure.FieldOrder({"struct_size", "score", "text", "uri", "title"})
    public static class Hit extends Structure {
        public long struct_size = 40;
        public double score;
        public Pointer text, uri, title;
    }

    static Freshet freshet;

    interface Call {
        int with(PointerByReference error);
    }

    // Makes a call with an out_error, and throws what it says.
    static void call(Call call) {
        PointerByReference error = new PointerByReference();
        if (call.with(error) == 0) return;
        String text = freshet.freshet_error_to_string(error.getValue()).getString(0, "UTF-8");
        freshet.freshet_error_free(error.getValue());
        throw new IllegalStateException(text);
    }

    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    static void refresh(Pointer repository, String folder) {
        String config = "{\"sources\":[{\"loader\":\"files\",\"options\":{\"path\":" + quoted(folder) + "}}],\"store\":\"sqlite\"}";
        PointerByReference run = new PointerByReference();
        Counts counts = new Counts();
        call(error -> freshet.freshet_refresh_run(repository, config, null, null, run, error));
        call(error -> freshet.freshet_refresh_counts_get(run.getValue(), counts, error));
        freshet.freshet_refresh_free(run.getValue());
        System.out.printf("refreshed %d, unchanged %d, failed %d%n", counts.refreshed, counts.unchanged, counts.failed);
    }

    static void ask(Pointer repository, String question) {
        PointerByReference hits = new PointerByReference();
        call(error -> freshet.freshet_query_run(repository, question, "{\"limit\":3,\"mode\":\"text\"}", null, hits, error));
        long count = freshet.freshet_hits_count(hits.getValue()).longValue();
        for (long rank = 0; rank < count; rank++) {
            Hit hit = new Hit();
            NativeLong index = new NativeLong(rank);
            call(error -> freshet.freshet_hits_get(hits.getValue(), index, hit, error));
            System.out.printf("%d. %s%n%s%n", rank + 1, hit.title.getString(0, "UTF-8"), hit.text.getString(0, "UTF-8"));
        }
        freshet.freshet_hits_free(hits.getValue());
    }

    public static void main(String[] parameters) {
        if (parameters.length != 3) {
            System.err.println("usage: basic REPOSITORY FOLDER QUESTION");
            System.exit(2);
        }
        freshet = Native.load(System.getenv().getOrDefault("FRESHET_LIBRARY", "libfreshet.so.0"), Freshet.class,
                              Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
        PointerByReference repository = new PointerByReference();
        int exit = 0;
        try {
            call(error -> freshet.freshet_repository_open(parameters[0], null, repository, error));
            refresh(repository.getValue(), parameters[1]);
            ask(repository.getValue(), parameters[2]);
        } catch (IllegalStateException error) {
            System.err.println(error.getMessage());
            exit = 1;
        }
        freshet.freshet_repository_close(repository.getValue());
        System.exit(exit);
    }
}
