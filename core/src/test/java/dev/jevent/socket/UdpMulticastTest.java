package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;

/** Groups on the loopback interface. */
class UdpMulticastTest extends UdpScenario {

    private static final String GROUP_4 = "239.23.42.1";
    private static final String GROUP_6 = "ff01::2342";

    private static NetworkInterface lo() throws IOException {
        NetworkInterface lo = NetworkInterface.getByInetAddress(ipv4());
        assumeTrue(lo != null && lo.isUp(), "there is no loopback interface");
        return lo;
    }

    private static void join(DatagramSocket s, SocketAddress group, NetworkInterface by)
            throws IOException {
        try {
            s.joinGroup(group, by);
        } catch (SocketException e) {
            assumeTrue(false, "no multicast on " + by + ": " + e);
        }
    }

    private void groupOf(String name, NetworkInterface by) throws Exception {
        DatagramSocket member = closing(Sockets.datagramSocket(new InetSocketAddress(0)));
        var group = new InetSocketAddress(InetAddress.ofLiteral(name), member.getLocalPort());
        join(member, group, by);
        DatagramSocket sender = closing(Sockets.datagramSocket(new InetSocketAddress(0)));
        sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, by);
        sender.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 0); // it stays on this machine
        member.setSoTimeout(2_000);
        try {
            sender.send(packet("to all", group));
        } catch (IOException e) {
            assumeTrue(false, "multicasts cannot be sent by " + by + ": " + e);
        }
        together(
                () -> {
                    assertEquals("to all", receive(member));
                    member.leaveGroup(group, by);
                    sender.send(packet("to nobody", group));
                    sender.send(packet("direct", direct(member, name)));
                    assertEquals("direct", receive(member));
                });
    }

    private static SocketAddress direct(DatagramSocket member, String group) throws IOException {
        return new InetSocketAddress(group.contains(":") ? ipv6() : ipv4(), member.getLocalPort());
    }

    @Test
    void membersOfAGroupOfIpv4HearIt() throws Exception {
        groupOf(GROUP_4, lo());
    }

    /**
     * The group is local to the interface, which need not be loopback: Linux has no route there.
     */
    @Test
    void membersOfAGroupOfIpv6HearIt() throws Exception {
        assumeTrue(NetworkInterface.getByInetAddress(ipv6()) != null, "there is no IPv6 here");
        groupOf(GROUP_6, other(16));
    }

    private static NetworkInterface other(int lengthOfAddress) throws SocketException {
        NetworkInterface other =
                NetworkInterface.networkInterfaces()
                        .filter(i -> isForMulticast(i, lengthOfAddress))
                        .findFirst()
                        .orElse(null);
        assumeTrue(other != null, "no interface but loopback has multicast");
        return other;
    }

    @Test
    void whatIsNotToLoopIsNotHeardHere() throws Exception {
        DatagramSocket member = closing(Sockets.datagramSocket(new InetSocketAddress(0)));
        var group = new InetSocketAddress(InetAddress.ofLiteral(GROUP_4), member.getLocalPort());
        NetworkInterface other = other(4);
        member.joinGroup(group, other);
        DatagramSocket sender = closing(Sockets.datagramSocket(new InetSocketAddress(0)));
        sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, other);
        sender.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 0);
        sender.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, false);
        member.setSoTimeout(50);
        together(
                () -> {
                    sender.send(packet("quiet", group));
                    assertThrows(SocketTimeoutException.class, () -> receive(member));
                    sender.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
                    sender.send(packet("loud", group));
                    member.setSoTimeout(2_000);
                    assertEquals("loud", receive(member));
                });
    }

    private static boolean isForMulticast(NetworkInterface i, int length) {
        try {
            return i.isUp()
                    && i.supportsMulticast()
                    && !i.isLoopback()
                    && i.inetAddresses().anyMatch(a -> a.getAddress().length == length);
        } catch (SocketException e) {
            return false;
        }
    }

    @Test
    void aGroupIsJoinedOnceAndLeftOnce() throws Exception {
        DatagramSocket s = closing(Sockets.datagramSocket(new InetSocketAddress(0)));
        var group = new InetSocketAddress(InetAddress.ofLiteral(GROUP_4), 0);
        join(s, group, lo());
        var e = assertThrows(SocketException.class, () -> s.joinGroup(group, lo()));
        assertTrue(e.getMessage().startsWith("Already a member of group"), e.getMessage());
        s.leaveGroup(group, lo());
        e = assertThrows(SocketException.class, () -> s.leaveGroup(group, lo()));
        assertTrue(e.getMessage().startsWith("Not a member of group"), e.getMessage());
        s.joinGroup(group, lo());
    }

    @Test
    void whatIsNoGroupCannotBeJoined() throws Exception {
        DatagramSocket s = socket();
        assertThrows(IllegalArgumentException.class, () -> s.joinGroup(null, null));
        assertThrows(
                IllegalArgumentException.class, () -> s.joinGroup(new SocketAddress() {}, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> s.joinGroup(InetSocketAddress.createUnresolved("x", 1), null));
        assertThrows(
                SocketException.class, () -> s.joinGroup(new InetSocketAddress(ipv4(), 0), lo()));
        assertThrows(
                SocketException.class, () -> s.leaveGroup(new InetSocketAddress(ipv4(), 0), lo()));
        s.close();
        assertThrows(
                SocketException.class,
                () -> s.joinGroup(new InetSocketAddress(InetAddress.ofLiteral(GROUP_4), 0), lo()));
    }
}
