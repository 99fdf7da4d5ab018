package dev.jevent.subprocess;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.file.Pipe;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.Scratch;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

/** What does not block here blocks in a child, which knows nothing else. */
class GreenStreamsTest extends ChildScenario {

    private static final int MORE_THAN_A_PIPE = 1 << 20;

    @BeforeEach
    void pipesAreDescriptors() {
        notInThePortableMode("pipes have no descriptors");
    }

    @Test
    void aChildWaitsForWhatComesThroughAGreenPipe() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            // given a child that reads before there is something
            Popen cat =
                    started(
                            Popen.shell("echo ready; read x; echo got $x")
                                    .stdin(Redirect.fd(pipe.source().fd()))
                                    .stdout(Redirect.PIPE));
            assertEquals("ready", line(cat.getInputStream()));
            Jevent.sleep(20);
            // when something comes
            pipe.sink().write("it\n".getBytes(StandardCharsets.UTF_8));
            // then it is the child's
            assertEquals("got it", line(cat.getInputStream()));
            assertEquals(0, cat.await());
            // and this side is as green as before
            assertTrue(Fd.isNonBlocking(Scratch.ofThread(), pipe.source().fd()));
        }
    }

    @Test
    void aChildWaitsForRoomInAGreenPipe() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            Popen child =
                    started(
                            Popen.shell("head -c " + MORE_THAN_A_PIPE + " /dev/zero; echo $? >&2")
                                    .stdout(Redirect.fd(pipe.sink().fd()))
                                    .stderr(Redirect.PIPE));
            Jevent.sleep(20); // for it to fill the pipe
            Greenlet<Integer> reader =
                    Jevent.spawn(() -> pipe.source().readNBytes(MORE_THAN_A_PIPE).length);
            assertEquals(MORE_THAN_A_PIPE, reader.get());
            assertEquals("0", line(child.getErrorStream()));
        }
    }

    @Test
    void errorsThatGoWhereTheOutputGoesWaitToo() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            Popen child =
                    started(
                            Popen.shell("head -c " + MORE_THAN_A_PIPE + " /dev/zero >&2")
                                    .stdout(Redirect.fd(pipe.sink().fd()))
                                    .stderr(Redirect.STDOUT));
            Jevent.sleep(20);
            byte[] all = pipe.source().readNBytes(MORE_THAN_A_PIPE);
            assertArrayEquals(new byte[MORE_THAN_A_PIPE], all);
            assertEquals(0, child.await());
        }
    }

    @Test
    void whatIsPassedBlocksUnderItsNumber() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            int fd = pipe.source().fd();
            Popen child =
                    started(
                            Popen.of("bash", "-c", "echo ready; read x <&" + fd + "; echo got $x")
                                    .passFds(fd)
                                    .stdout(Redirect.PIPE));
            assertEquals("ready", line(child.getInputStream()));
            Jevent.sleep(20);
            pipe.sink().write("it\n".getBytes(StandardCharsets.UTF_8));
            assertEquals("got it", line(child.getInputStream()));
        }
    }

    @Test
    void aSocketIsSharedWithAChildThatBlocks() throws Exception {
        Scratch scratch = Scratch.ofThread();
        assertEquals(0, Net.pair(scratch));
        int its = Fd.first(scratch);
        Descriptor mine = Descriptor.of(Fd.second(scratch), false, "Socket");
        Descriptor ours = Descriptor.of(its, false, "Socket");
        try {
            Popen child =
                    started(
                            Popen.shell("echo ready; read x; echo got $x; cat")
                                    .stdin(Redirect.fd(its))
                                    .stdout(Redirect.fd(its)));
            assertEquals("ready\n", received(mine));
            Jevent.sleep(20);
            send(mine, "it\n");
            assertEquals("got it\n", received(mine));
            // and here nobody is held up by a socket that blocks
            Greenlet<String> reader = Jevent.spawn(() -> received(ours));
            Jevent.sleep(1);
            reader.kill();
            assertTrue(reader.ready());
            mine.close();
            assertEquals(0, child.await());
        } finally {
            mine.close();
            ours.close();
        }
    }

    private static void send(Descriptor to, String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        to.send(bytes, 0, bytes.length, null);
    }

    private static String received(Descriptor from) throws Exception {
        byte[] b = new byte[100];
        int n = from.recv(b, 0, b.length, null);
        return new String(b, 0, Math.max(n, 0), StandardCharsets.UTF_8);
    }
}
