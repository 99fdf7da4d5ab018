package dev.jevent.socket;

/**
 * Who is at the other end of a Unix-domain socket: who connected it, listened or made the pair, as
 * he was then. See {@link Sockets#peerCredentials}.
 *
 * @param pid the process, by the number that it has for this one; 0 if it has none here
 * @param uid the user
 * @param gid the group
 */
public record Credentials(int pid, int uid, int gid) {}
