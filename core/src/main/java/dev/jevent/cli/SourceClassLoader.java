package dev.jevent.cli;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.security.CodeSigner;
import java.security.CodeSource;
import java.security.ProtectionDomain;

/** Loads the classes of a {@link SourceProgram}, in preference to those of the class path. */
final class SourceClassLoader extends ClassLoader {

    static {
        registerAsParallelCapable();
    }

    private final SourceProgram program;
    private final ProtectionDomain domain;

    SourceClassLoader(SourceProgram program, ClassLoader parent) {
        super(parent);
        this.program = program;
        this.domain = new ProtectionDomain(source(program), null, this, null);
    }

    private static CodeSource source(SourceProgram program) {
        try {
            return new CodeSource(program.file().toUri().toURL(), (CodeSigner[]) null);
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(program.file().toString(), e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> c = findLoadedClass(name);
            if (c == null) {
                byte[] code = program.code(name);
                c = code != null ? define(name, code) : super.loadClass(name, false);
            }
            if (resolve) {
                resolveClass(c);
            }
            return c;
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] code = program.compileLate(name);
        if (code == null) {
            throw new ClassNotFoundException(name);
        }
        return define(name, code);
    }

    private Class<?> define(String name, byte[] code) {
        return defineClass(name, code, 0, code.length, domain);
    }

    @Override
    public InputStream getResourceAsStream(String name) {
        if (name.endsWith(".class")) {
            String path = name.substring(0, name.length() - ".class".length());
            byte[] code = program.code(path.replace('/', '.'));
            if (code != null) {
                return new ByteArrayInputStream(code);
            }
        }
        return super.getResourceAsStream(name);
    }
}
