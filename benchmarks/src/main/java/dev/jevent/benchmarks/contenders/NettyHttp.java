package dev.jevent.benchmarks.contenders;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ResourceLeakDetector;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The server of {@code http} on Netty's epoll transport and its HTTP codec, one event loop: [PORT].
 * Over TLS if {@link Encryption} is wanted, by the engine of the JDK. Set up as in production:
 * pooled buffers, header fields that are known to be right are not checked, a flush when all that
 * has come is read, no search for leaks.
 */
public final class NettyHttp {

    private NettyHttp() {}

    public static void main(String[] args) throws Exception {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        Optional<Encryption> encryption = Encryption.wanted();
        SslContext tls = encryption.isEmpty() ? null : context(encryption.get());
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Channel server =
                new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, Protocol.BACKLOG)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                        .childHandler(new Pipeline(Optional.ofNullable(tls)))
                        .bind(Protocol.address(args, 0))
                        .sync()
                        .channel();
        Protocol.ready(((InetSocketAddress) server.localAddress()).getPort());
        server.closeFuture().sync();
    }

    private static SslContext context(Encryption encryption) throws IOException {
        return SslContextBuilder.forServer(
                        encryption.certificate().toFile(), encryption.key().toFile())
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3")
                .build();
    }

    private static final class Pipeline extends ChannelInitializer<Channel> {
        private final Optional<SslContext> tls;

        Pipeline(Optional<SslContext> tls) {
            this.tls = tls;
        }

        @Override
        protected void initChannel(Channel channel) {
            tls.ifPresent(c -> channel.pipeline().addLast(c.newHandler(channel.alloc())));
            channel.pipeline().addLast(new HttpServerCodec(), new Answers());
        }
    }

    /** What they do when the client breaks off. */
    private abstract static class Handler extends ChannelInboundHandlerAdapter {

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
            if (!(cause instanceof IOException)) {
                cause.printStackTrace();
            }
        }
    }

    /** Answers the requests of a connection. */
    private static final class Answers extends Handler {
        private static final HttpHeadersFactory HEADERS =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false);
        private static final AsciiString TEXT = AsciiString.cached(HttpTask.TEXT);
        private static final AsciiString JSON = AsciiString.cached(HttpTask.JSON);
        private static final AsciiString BYTES = AsciiString.cached(HttpTask.BYTES);
        private static final ByteBuf HELLO = direct(HttpTask.hello());
        private static final ByteBuf LARGE = direct(HttpTask.large());

        private HttpRequest request;
        private long received; // bytes of its body
        private int left; // of a huge answer

        private static ByteBuf direct(byte[] bytes) {
            return Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest head) {
                request = head;
                received = 0;
            }
            if (message instanceof HttpContent content) {
                received += content.content().readableBytes();
                content.release();
                if (message instanceof LastHttpContent) {
                    answer(context);
                }
            }
        }

        private void answer(ChannelHandlerContext context) {
            switch (request.uri()) {
                case "/hello" -> send(context, TEXT, HELLO.duplicate());
                case "/json" -> send(context, JSON, Unpooled.wrappedBuffer(HttpTask.json()));
                case "/headers" -> {
                    String token = request.headers().get(HttpTask.TOKEN);
                    send(context, TEXT, Unpooled.wrappedBuffer(HttpTask.bytes(token)));
                }
                case "/100k" -> send(context, BYTES, LARGE.duplicate());
                case "/100m" -> sendHuge(context);
                case "/upload" ->
                        send(context, TEXT, Unpooled.wrappedBuffer(HttpTask.count(received)));
                case "/websocket" -> upgrade(context);
                default -> {
                    context.write(response(HttpResponseStatus.NOT_FOUND, TEXT, HELLO.duplicate()));
                }
            }
        }

        private static HttpResponse response(
                HttpResponseStatus status, AsciiString type, ByteBuf body) {
            HttpResponse response =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            status,
                            body,
                            HEADERS.newHeaders(),
                            EmptyHttpHeaders.INSTANCE);
            fields(response.headers(), type, body.readableBytes());
            return response;
        }

        private static void fields(HttpHeaders headers, AsciiString type, int length) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, type)
                    .set(HttpHeaderNames.DATE, HttpTask.Dates.now())
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, length);
        }

        private void send(ChannelHandlerContext context, AsciiString type, ByteBuf body) {
            HttpResponse response = response(HttpResponseStatus.OK, type, body);
            if (HttpUtil.isKeepAlive(request)) {
                context.write(response, context.voidPromise());
            } else {
                response.headers().set(HttpHeaderNames.CONNECTION, "close");
                context.write(response).addListener(done -> context.close());
            }
        }

        private void sendHuge(ChannelHandlerContext context) {
            HttpResponse response =
                    new DefaultHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, HEADERS.newHeaders());
            fields(response.headers(), BYTES, HttpTask.HUGE);
            context.write(response, context.voidPromise());
            left = HttpTask.HUGE;
            more(context);
        }

        /** As much of it as there is room for. */
        private void more(ChannelHandlerContext context) {
            while (left > 0 && context.channel().isActive() && context.channel().isWritable()) {
                left -= HttpTask.LARGE;
                context.writeAndFlush(
                        new DefaultHttpContent(LARGE.duplicate()), context.voidPromise());
                if (left == 0) {
                    context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
                }
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            more(context);
        }

        private void upgrade(ChannelHandlerContext context) {
            FullHttpRequest full =
                    new DefaultFullHttpRequest(
                            HttpVersion.HTTP_1_1,
                            request.method(),
                            request.uri(),
                            Unpooled.EMPTY_BUFFER,
                            request.headers(),
                            EmptyHttpHeaders.INSTANCE);
            WebSocketServerHandshaker handshaker =
                    new WebSocketServerHandshakerFactory("/websocket", null, false)
                            .newHandshaker(full);
            context.pipeline().replace(this, "echo", new Echo());
            handshaker.handshake(context.channel(), full);
        }
    }

    /** Sends back the messages that it gets. */
    private static final class Echo extends Handler {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof TextWebSocketFrame) {
                context.write(message, context.voidPromise());
            } else {
                ReferenceCountUtil.release(message);
                context.close();
            }
        }
    }
}
