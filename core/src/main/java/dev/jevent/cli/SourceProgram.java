package dev.jevent.cli;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.ForwardingJavaFileObject;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * A program given as source code, compiled in memory as the JDK's own launcher does (JEP 330, 458):
 * the first class of the file is the main class; classes in other files are found by their package
 * and name from the root of the source tree on, and compiled when they are needed.
 */
final class SourceProgram {

    private final JavaCompiler compiler;
    private final Path file;
    private final Map<String, byte[]> classes = new ConcurrentHashMap<>();
    private Path root;
    private String mainClass;

    private SourceProgram(JavaCompiler compiler, Path file) {
        this.compiler = compiler;
        this.file = file;
    }

    /** Compiles the file. The compiler's messages go to the standard error output. */
    static SourceProgram compile(Path file) throws CannotRun {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new CannotRun("to run source code takes a JDK; this Java has no compiler");
        }
        var program = new SourceProgram(compiler, file);
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            var source = new Launched(files.getJavaFileObjects(file).iterator().next());
            program.look(files, source);
            if (!program.compile(files, source)) {
                throw new CannotRun("compilation failed: " + file);
            }
        } catch (IOException e) {
            throw new CannotRun("cannot read " + file + ": " + e.getMessage(), e);
        }
        if (program.mainClass == null) {
            throw new CannotRun("no class in " + file);
        }
        return program;
    }

    Class<?> mainClass() throws CannotRun {
        var loader = new SourceClassLoader(this, Thread.currentThread().getContextClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        try {
            return Class.forName(mainClass, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new CannotRun("cannot load class " + mainClass + ": " + e, e);
        }
    }

    /** Finds out the main class and the root of the sources. Errors are left to the compiler. */
    private void look(StandardJavaFileManager files, JavaFileObject source)
            throws IOException, CannotRun {
        var task = compiler.getTask(null, files, problem -> {}, null, null, List.of(source));
        CompilationUnitTree unit = ((JavacTask) task).parse().iterator().next();
        Tree name = unit.getPackageName();
        root = name == null ? directory() : root(name.toString());
        for (Tree type : unit.getTypeDecls()) {
            if (type instanceof ClassTree c) {
                mainClass = (name == null ? "" : name + ".") + c.getSimpleName();
                return;
            }
        }
    }

    private Path directory() {
        return file.toAbsolutePath().normalize().getParent();
    }

    private Path root(String packageName) throws CannotRun {
        Path folders = Path.of(packageName.replace('.', '/'));
        Path directory = directory();
        if (!directory.endsWith(folders)) {
            throw new CannotRun(
                    "the directory of " + file + " does not match its package, " + packageName);
        }
        for (int i = 0; i < folders.getNameCount(); i++) {
            directory = directory.getParent();
        }
        return directory;
    }

    private boolean compile(StandardJavaFileManager files, JavaFileObject source)
            throws IOException {
        files.setLocationFromPaths(StandardLocation.SOURCE_PATH, List.of(root));
        List<String> options =
                List.of(
                        "-proc:none",
                        "-Xdiags:verbose",
                        "-Xlint:deprecation",
                        "-Xlint:unchecked",
                        "-Xlint:-options",
                        "--class-path",
                        System.getProperty("java.class.path"));
        var output = new Memory(files);
        boolean ok = compiler.getTask(null, output, null, options, null, List.of(source)).call();
        if (ok) {
            output.written.forEach((name, code) -> classes.putIfAbsent(name, code.toByteArray()));
        }
        return ok;
    }

    /** The code of a class; null if it is none of the program's. */
    byte[] code(String className) {
        return classes.get(className);
    }

    /**
     * Compiles a class that nobody named so far, such as one asked for by {@code Class.forName}.
     *
     * @return its code, or null if there is no such source or it has errors
     */
    synchronized byte[] compileLate(String className) {
        Path source = root.resolve(outermost(className).replace('.', '/') + ".java");
        if (!Files.isRegularFile(source)) {
            return null;
        }
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            compile(files, files.getJavaFileObjects(source).iterator().next());
        } catch (IOException e) {
            return null;
        }
        return code(className);
    }

    private static String outermost(String className) {
        int dollar = className.indexOf('$');
        return dollar <= 0 ? className : className.substring(0, dollar);
    }

    /** The file that is launched: it may have any name, and begin with {@code #!}. */
    private static final class Launched extends ForwardingJavaFileObject<JavaFileObject> {
        Launched(JavaFileObject file) {
            super(file);
        }

        @Override
        public Kind getKind() {
            return Kind.SOURCE;
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return kind == Kind.SOURCE;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) throws IOException {
            CharSequence text = super.getCharContent(ignoreEncodingErrors);
            return text.length() > 1 && text.charAt(0) == '#' && text.charAt(1) == '!'
                    ? "//" + text.subSequence(2, text.length())
                    : text;
        }

        @Override
        public String toString() {
            return getName();
        }
    }

    /** Keeps what the compiler writes. */
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        final Map<String, ByteArrayOutputStream> written = new ConcurrentHashMap<>();

        Memory(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            var name = URI.create("memory:///" + className.replace('.', '/') + ".class");
            return new SimpleJavaFileObject(name, kind) {
                @Override
                public OutputStream openOutputStream() {
                    var code = new ByteArrayOutputStream();
                    written.put(className, code);
                    return code;
                }
            };
        }

        @Override
        public boolean contains(Location location, FileObject file) throws IOException {
            return !(file instanceof Launched) && super.contains(location, file);
        }
    }

    /** The file, for stack traces' sake and for those who ask a class where it comes from. */
    Path file() {
        return file;
    }
}
