package dev.jevent.cli;

import dev.jevent.internal.Settings;

import java.util.Arrays;
import java.util.List;

/**
 * The command line: {@code jevent COMMAND [ARGUMENT…]}.
 *
 * <p>Wrong usage is one line on the standard error output, a hint, and exit code 2; a program that
 * cannot be started is exit code 1.
 */
public final class Main {

    private static final List<String> HELP = List.of("--help", "-h", "-help");

    private Main() {}

    /** Runs a command. */
    public static void main(String[] args) {
        try {
            dispatch(Arrays.asList(args));
        } catch (UsageError e) {
            System.err.println("jevent: " + e.getMessage());
            System.err.println(e.hint());
            System.exit(2);
        } catch (Settings.Wrong e) {
            System.err.println("jevent: " + e.getMessage());
            System.exit(2);
        } catch (CannotRun e) {
            System.err.println("jevent: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void dispatch(List<String> args) throws CannotRun {
        if (args.isEmpty()) {
            System.out.print(Help.general());
            return;
        }
        List<String> rest = args.subList(1, args.size());
        switch (args.getFirst()) {
            case "run" -> run(rest);
            case "serve" -> serve(rest);
            case "example", "examples" -> example(rest);
            case "help", "--help", "-h", "-help", "-?" -> help(rest);
            case "version", "--version", "-V", "-version" -> System.out.println(Version.text());
            default -> throw unknown(args.getFirst());
        }
    }

    private static void run(List<String> args) throws CannotRun {
        if (asksForHelp(args)) {
            System.out.print(Help.of("run"));
            return;
        }
        RunOptions options = RunOptions.parse(args);
        options.properties().forEach(System::setProperty);
        new ProgramRun(MainMethod.of(options.program().mainClass())).run(options.arguments());
    }

    private static void serve(List<String> args) throws CannotRun {
        if (args.stream().anyMatch(HELP::contains)) {
            System.out.print(ServeHelp.TEXT);
            return;
        }
        Serve.run(ServeOptions.parse(args));
    }

    private static void example(List<String> args) throws CannotRun {
        if (asksForHelp(args)) {
            System.out.print(Help.of("example"));
            return;
        }
        Examples examples = Examples.find();
        if (args.isEmpty()) {
            System.out.print(examples.list());
            return;
        }
        var program = new Program.OnClassPath(examples.className(args.getFirst()), List.of());
        new ProgramRun(MainMethod.of(program.mainClass())).run(args.subList(1, args.size()));
    }

    private static void help(List<String> args) {
        System.out.print(args.isEmpty() ? Help.general() : Help.of(args.getFirst()));
    }

    private static boolean asksForHelp(List<String> args) {
        return !args.isEmpty() && HELP.contains(args.getFirst());
    }

    private static UsageError unknown(String word) {
        if (word.startsWith("-")) {
            return new UsageError(
                    "unknown option: " + word, "Options of jevent: --help, --version");
        }
        if (Program.looksLikeProgram(word)) {
            return new UsageError("unknown command: " + word, "Did you mean: jevent run " + word);
        }
        return new UsageError("unknown command: " + word, Help.hint(word));
    }
}
