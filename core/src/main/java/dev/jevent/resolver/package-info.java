/**
 * Host names and addresses without holding up a hub. Follows {@code gevent.resolver}; {@link
 * dev.jevent.resolver.Resolvers} is the door, and {@link java.net.InetAddress} goes through it too.
 */
@NullMarked
package dev.jevent.resolver;

import org.jspecify.annotations.NullMarked;
