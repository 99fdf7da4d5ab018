/**
 * gevent for the JVM: greenlets on an event loop, plain blocking code at its speed.
 *
 * <p>The floors, from the bottom: {@code internal.jdk} and {@code internal.sys} (the only code that
 * knows the JDK's inside, and the only code that makes system calls), {@code internal.loop} and
 * {@code loop}, the greenlets in {@code dev.jevent}, the toolkit, networking, servers, {@code cli}.
 * Each imports only from those below it.
 */
module dev.jevent {
    requires java.instrument;
    requires jdk.unsupported;
    requires static java.compiler; // for jevent run FILE.java
    requires static jdk.compiler;
    requires static transitive jdk.httpserver; // for programs that use its server
    requires static jdk.jfr; // events for the Flight Recorder, where there is one
    requires static transitive org.jspecify;

    exports dev.jevent;
    exports dev.jevent.event;
    exports dev.jevent.file;
    exports dev.jevent.http;
    exports dev.jevent.httpserver;
    exports dev.jevent.local;
    exports dev.jevent.lock;
    exports dev.jevent.loop;
    exports dev.jevent.pool;
    exports dev.jevent.queue;
    exports dev.jevent.resolver;
    exports dev.jevent.select;
    exports dev.jevent.server;
    exports dev.jevent.signal;
    exports dev.jevent.socket;
    exports dev.jevent.ssl;
    exports dev.jevent.subprocess;
    exports dev.jevent.util;
    exports dev.jevent.websocket;

    uses dev.jevent.resolver.ResolverProvider;

    provides com.sun.net.httpserver.spi.HttpServerProvider with
            dev.jevent.httpserver.JeventHttpServerProvider;
    provides java.net.spi.InetAddressResolverProvider with
            dev.jevent.resolver.InetAddressProvider;
}
