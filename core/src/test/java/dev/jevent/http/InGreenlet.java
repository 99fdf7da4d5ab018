package dev.jevent.http;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

import java.lang.reflect.Method;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/**
 * Runs each test in a greenlet: in the portable mode a read of the root would hold up its hub, and
 * with it the server.
 */
final class InGreenlet implements InvocationInterceptor {

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extension)
            throws Throwable {
        var failure = new Throwable[1];
        Callable<Object> test =
                () -> {
                    try {
                        return invocation.proceed();
                    } catch (Throwable e) {
                        failure[0] = e;
                        return null;
                    }
                };
        Greenlet<Object> greenlet = Jevent.spawn(test);
        try {
            greenlet.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
        if (failure[0] != null) {
            throw failure[0];
        }
    }
}
