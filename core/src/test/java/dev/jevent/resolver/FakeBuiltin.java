package dev.jevent.resolver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** Stands for the C library: names that begin with "slow" are held, "none" are unknown. */
final class FakeBuiltin implements InetAddressResolver {

    static final byte[] FOUR = {10, 1, 2, 3};
    static final byte[] SIX = {0x20, 1, 0xd, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    final List<String> asked = new CopyOnWriteArrayList<>();
    final List<Thread> threads = new CopyOnWriteArrayList<>();
    final ConcurrentHashMap<String, CountDownLatch> held = new ConcurrentHashMap<>();

    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
            throws UnknownHostException {
        threads.add(Thread.currentThread());
        asked.add(host);
        if (host.startsWith("slow")) {
            hold(host);
        }
        if (host.contains("none")) {
            throw new UnknownHostException(host + ": Name or service not known");
        }
        if (host.startsWith("broken")) {
            throw new IllegalStateException("broken");
        }
        InetAddress four = InetAddress.getByAddress(host, FOUR);
        InetAddress six = InetAddress.getByAddress(host, SIX);
        return Families.of(policy).select(List.of(six, four)).stream();
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
        threads.add(Thread.currentThread());
        if (address.length == 16) {
            throw new UnknownHostException("no name");
        }
        return "ten.test";
    }

    private CountDownLatch latch(String host) {
        return held.computeIfAbsent(host, h -> new CountDownLatch(1));
    }

    void release(String host) {
        latch(host).countDown();
    }

    /** As the C library: takes no notice of an interrupt. */
    private void hold(String host) {
        CountDownLatch latch = latch(host);
        boolean interrupted = false;
        for (; ; ) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
