package dev.jevent.resolver;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.net.spi.InetAddressResolverProvider;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * As the context class loader it shows the JDK our provider for {@code InetAddress} and no other
 * one, whatever the order of the class path, or the chance by which modules are ordered.
 */
final class OwnProviderOnly extends ClassLoader {

    private static final String SERVICE =
            "META-INF/services/" + InetAddressResolverProvider.class.getName();
    private static final String SHIM = "dev.jevent.resolver.ProviderShim";

    private static final URLStreamHandler HANDLER =
            new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL url) {
                    return new URLConnection(url) {
                        @Override
                        public void connect() {
                            // there is nothing to connect to
                        }

                        @Override
                        public InputStream getInputStream() {
                            return new ByteArrayInputStream(SHIM.getBytes(StandardCharsets.UTF_8));
                        }
                    };
                }
            };

    OwnProviderOnly() {
        super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return name.equals(SERVICE)
                ? Collections.enumeration(List.of(URL.of(URI.create("jevent:provider"), HANDLER)))
                : Collections.emptyEnumeration();
    }

    /** The JDK wants the shim to be ours; the parent would find it in the module. */
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.equals(SHIM)) {
            return super.loadClass(name, resolve);
        }
        Class<?> defined = findLoadedClass(name);
        return defined != null ? defined : define();
    }

    /** All other classes are those that are there already. */
    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        return Class.forName(name, false, OwnProviderOnly.class.getClassLoader());
    }

    private Class<?> define() throws ClassNotFoundException {
        try (InputStream in = OwnProviderOnly.class.getResourceAsStream("ProviderShim.class")) {
            if (in == null) {
                throw new ClassNotFoundException(SHIM);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(SHIM, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(SHIM, e);
        }
    }
}
