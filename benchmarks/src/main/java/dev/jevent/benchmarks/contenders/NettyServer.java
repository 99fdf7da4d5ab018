package dev.jevent.benchmarks.contenders;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ResourceLeakDetector;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Function;

import javax.net.ssl.SSLException;

/**
 * {@code echo}, {@code download} or {@code upload} on Netty's epoll transport, one event loop: NAME
 * [PORT]. Over TLS if {@link Encryption} is wanted: Netty's handler around the engine of the JDK,
 * which is what jevent has, too. Set up as in production: pooled buffers, a flush when all that has
 * come is read, no search for leaks.
 */
public final class NettyServer {

    private NettyServer() {}

    public static void main(String[] args) throws Exception {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        Optional<Encryption> encryption = Encryption.wanted();
        Function<Boolean, ChannelHandler> handlers = handlers(args[0]);
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Channel server =
                new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, Protocol.BACKLOG)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                        .childHandler(new Pipeline(handlers, encryption))
                        .bind(Protocol.address(args, 1))
                        .sync()
                        .channel();
        Protocol.ready(((InetSocketAddress) server.localAddress()).getPort());
        server.closeFuture().sync();
    }

    /** Makes the handler of a connection, which may be encrypted. */
    private static Function<Boolean, ChannelHandler> handlers(String name) {
        return switch (name) {
            case "echo" -> encrypted -> new Echo();
            case "download" -> Download::new;
            case "upload" -> encrypted -> new Upload();
            default -> throw new IllegalArgumentException("echo, download or upload, not " + name);
        };
    }

    private static final class Pipeline extends ChannelInitializer<Channel> {
        private final Function<Boolean, ChannelHandler> handlers;
        private final Optional<SslContext> tls;

        Pipeline(Function<Boolean, ChannelHandler> handlers, Optional<Encryption> encryption)
                throws SSLException {
            this.handlers = handlers;
            this.tls =
                    encryption.isEmpty()
                            ? Optional.empty()
                            : Optional.of(context(encryption.get()));
        }

        private static SslContext context(Encryption encryption) throws SSLException {
            return SslContextBuilder.forServer(
                            encryption.certificate().toFile(), encryption.key().toFile())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3")
                    .build();
        }

        @Override
        protected void initChannel(Channel channel) {
            tls.ifPresent(c -> channel.pipeline().addLast(c.newHandler(channel.alloc())));
            channel.pipeline().addLast(handlers.apply(tls.isPresent()));
        }
    }

    /** What they all do when the client breaks off. */
    private abstract static class Handler extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
            if (!(cause instanceof IOException)) {
                cause.printStackTrace();
            }
        }
    }

    /** Sends back what it receives. */
    private static final class Echo extends Handler {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }

    /** Takes as much as the client sends. */
    private static final class Upload extends Handler {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }

    /** Sends as much as the client takes: while there is room, and again when there is room. */
    private static final class Download extends Handler {
        private static final int IN_A_ROW = 16; // then it is the turn of others
        private static final ByteBuf ARRAY =
                Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(DownloadProtocol.data()));
        private static final ByteBuf DIRECT =
                Unpooled.unreleasableBuffer(
                        Unpooled.directBuffer(Protocol.CHUNK).writeBytes(ARRAY.duplicate()));
        private final ByteBuf chunk;

        /** The engine of the JDK wants arrays, the kernel does not. */
        Download(boolean encrypted) {
            chunk = encrypted ? ARRAY : DIRECT;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            send(context);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            send(context);
        }

        private void send(ChannelHandlerContext context) {
            Channel channel = context.channel();
            for (int i = 0; i < IN_A_ROW && channel.isActive() && channel.isWritable(); i++) {
                context.writeAndFlush(chunk.duplicate(), context.voidPromise());
            }
            if (channel.isActive() && channel.isWritable()) {
                context.executor().execute(() -> send(context));
            }
        }
    }
}
