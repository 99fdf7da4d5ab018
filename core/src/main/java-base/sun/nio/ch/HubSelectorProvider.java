package sun.nio.ch;

import jdk.internal.misc.Unsafe;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.DatagramPacket;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.function.Consumer;

/**
 * Stands in the place of the JDK's provider, and makes the same channels and selectors, but such
 * that give way, in the calls that do not go through a {@link HubDispatcher}: datagrams, {@code
 * accept} and {@code select}. They give way before the call. What was opened before {@link
 * #install} does not.
 */
final class HubSelectorProvider extends EPollSelectorProvider {

    /** Done when the first channel is opened. */
    private static final class Channels {
        static {
            HubDispatcher.installForChannels();
        }

        private Channels() {}

        static void prepare() {}
    }

    private HubSelectorProvider() {}

    /** Replaces the JDK's default; a provider that the program has asked for is left alone. */
    static void install() throws Exception {
        var provider = new HubSelectorProvider();
        SelectorProvider before = DefaultSelectorProvider.get();
        if (before.getClass() != EPollSelectorProvider.class) {
            throw new NoSuchFieldException("the default provider is a " + before.getClass());
        }
        HubDispatcher.replace(DefaultSelectorProvider.class, "INSTANCE", provider);
        if (System.getProperty(SelectorProvider.class.getName()) != null) {
            Channels.prepare(); // another one may make the JDK's channels too
        }
        Class<?> holder = Class.forName("java.nio.channels.spi.SelectorProvider$Holder");
        if (!Unsafe.getUnsafe().shouldBeInitialized(holder)) { // else it is going to find ours
            Channels.prepare(); // some may be open
            Field field = holder.getDeclaredField("INSTANCE");
            field.setAccessible(true);
            if (field.get(null) == before) {
                HubDispatcher.replace(holder, "INSTANCE", provider);
            }
        }
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        return new Selecting(this);
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        Channels.prepare();
        return new Datagrams(this, true);
    }

    @Override
    public DatagramChannel openUninterruptibleDatagramChannel() throws IOException {
        Channels.prepare();
        return new Datagrams(this, false);
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        Channels.prepare();
        return new Datagrams(this, family);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        Channels.prepare();
        return new Accepting(this);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        Channels.prepare();
        return new Accepting(this, family);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        Channels.prepare();
        return super.openSocketChannel();
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        Channels.prepare();
        return super.openSocketChannel(family);
    }

    @Override
    public Pipe openPipe() throws IOException {
        Channels.prepare();
        return super.openPipe();
    }

    @Override
    public Channel inheritedChannel() throws IOException {
        Channels.prepare();
        return super.inheritedChannel();
    }

    private static final class Selecting extends EPollSelectorImpl {
        Selecting(SelectorProvider provider) throws IOException {
            super(provider);
        }

        @Override
        protected int doSelect(Consumer<SelectionKey> action, long timeout) throws IOException {
            HubDispatcher.giveWay();
            return super.doSelect(action, timeout);
        }
    }

    private static final class Accepting extends ServerSocketChannelImpl {
        Accepting(SelectorProvider provider) throws IOException {
            super(provider);
        }

        Accepting(SelectorProvider provider, ProtocolFamily family) throws IOException {
            super(provider, family);
        }

        @Override
        public SocketChannel accept() throws IOException {
            HubDispatcher.giveWay();
            return super.accept();
        }

        @Override
        SocketChannel blockingAccept(long nanos) throws IOException {
            HubDispatcher.giveWay();
            return super.blockingAccept(nanos);
        }
    }

    private static final class Datagrams extends DatagramChannelImpl {
        Datagrams(SelectorProvider provider, boolean interruptible) throws IOException {
            super(provider, interruptible);
        }

        Datagrams(SelectorProvider provider, ProtocolFamily family) throws IOException {
            super(provider, family, true);
        }

        @Override
        public SocketAddress receive(ByteBuffer to) throws IOException {
            HubDispatcher.giveWay();
            return super.receive(to);
        }

        @Override
        void blockingReceive(DatagramPacket packet, long nanos) throws IOException {
            HubDispatcher.giveWay();
            super.blockingReceive(packet, nanos);
        }

        @Override
        public int send(ByteBuffer from, SocketAddress to) throws IOException {
            HubDispatcher.giveWay();
            return super.send(from, to);
        }

        @Override
        void blockingSend(DatagramPacket packet) throws IOException {
            HubDispatcher.giveWay();
            super.blockingSend(packet);
        }
    }
}
