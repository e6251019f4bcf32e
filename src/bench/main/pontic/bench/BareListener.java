package pontic.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.DelimiterBasedFrameDecoder;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

/**
 * The least that takes MLLP: netty alone, each frame kept, then answered AA by the text of its MSH.
 * No bounds, no repetitions, no other answers, no number, no audit.
 */
final class BareListener implements AutoCloseable {
  private static final int LONGEST = 1024 * 1024;
  private static final int CONTROL_ID = 9;

  private final EventLoopGroup loops = new NioEventLoopGroup();
  private final EventExecutorGroup keepers = new DefaultEventExecutorGroup(64);
  private final Channel channel;

  /** Where messages of one connection go; returns when the message outlives the process. */
  interface Keep extends AutoCloseable {
    void keep(byte[] message) throws Exception;

    @Override
    default void close() throws Exception {}
  }

  private BareListener(Callable<Keep> keeps) throws InterruptedException {
    this.channel =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel connection) throws Exception {
                    connection
                        .pipeline()
                        .addLast(
                            new DelimiterBasedFrameDecoder(
                                LONGEST, Unpooled.wrappedBuffer(new byte[] {0x1c, '\r'})))
                        .addLast(keepers, new Handler(keeps.call()));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
  }

  /**
   * @param keeps asked once for each connection
   */
  static BareListener start(Callable<Keep> keeps) throws InterruptedException {
    return new BareListener(keeps);
  }

  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  private static final class Handler extends SimpleChannelInboundHandler<ByteBuf> {
    private final Keep keep;

    Handler(Keep keep) {
      this.keep = keep;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) throws Exception {
      byte[] message = new byte[frame.readableBytes() - 1];
      frame.getBytes(frame.readerIndex() + 1, message);
      keep.keep(message);
      context.writeAndFlush(Unpooled.wrappedBuffer(answer(message)));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
      keep.close();
    }

    /** Without an answer the other side says what is wrong. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      System.err.println("bare listener: " + cause);
      context.close();
    }

    private static byte[] answer(byte[] message) {
      int end = 0;
      while (message[end] != '\r') {
        end++;
      }
      String[] msh = new String(message, 0, end, StandardCharsets.UTF_8).split("\\|");
      return ("\u000bMSH|^~\\&|"
              + msh[4]
              + "|"
              + msh[5]
              + "|"
              + msh[2]
              + "|"
              + msh[3]
              + "|"
              + msh[6]
              + "||ACK|"
              + msh[CONTROL_ID]
              + "|P|2.5.1\rMSA|AA|"
              + msh[CONTROL_ID]
              + "\r\u001c\r")
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() throws InterruptedException {
    channel.close().sync();
    loops.shutdownGracefully().sync();
    keepers.shutdownGracefully().sync();
  }
}
