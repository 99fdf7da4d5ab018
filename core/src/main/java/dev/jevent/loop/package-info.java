/**
 * The event loop under a hub, and its watchers. Follows {@code gevent.core}; most programs get
 * along with greenlets and never need it.
 *
 * <p>{@link dev.jevent.loop.Loop}, from {@code Jevent.getHub().loop()}, makes watchers. A watcher
 * calls back from its {@code start} to its {@code stop}:
 *
 * <table>
 * <caption>What calls back</caption>
 * <thead>
 * <tr><th>made by<th>watcher<th>calls back<th>until<th>keeps the loop alive
 * </thead>
 * <tbody>
 * <tr><td>{@code timer(after)}<td>{@link dev.jevent.loop.Timer}<td>after a while
 *     <td>it has<td>yes
 * <tr><td>{@code timer(after, repeat)}<td>{@link dev.jevent.loop.Timer}<td>again and again
 *     <td>{@code stop}<td>yes
 * <tr><td>{@code io(channel, events)}<br>{@code io(fd, events)}<td>{@link dev.jevent.loop.Io}
 *     <td>as long as it can be read or written<td>{@code stop}, or the callback throws<td>yes
 * <tr><td>{@code async()}<td>{@link dev.jevent.loop.Async}<td>when any thread says so
 *     <td>{@code stop}<td>yes
 * <tr><td>{@code signal(name)}<td>{@link dev.jevent.loop.Signal}<td>when the process gets a signal
 *     <td>{@code stop}<td>no
 * <tr><td>{@code child(process)}<td>{@link dev.jevent.loop.Child}<td>when a process has ended
 *     <td>it has<td>yes
 * <tr><td>{@code stat(path, interval)}<td>{@link dev.jevent.loop.Stat}<td>when a file has changed
 *     <td>{@code stop}<td>yes
 * <tr><td>{@code prepare()}, {@code check()}<td>{@link dev.jevent.loop.Watcher}
 *     <td>before and after each look for I/O<td>{@code stop}<td>yes
 * <tr><td>{@code idle()}<td>{@link dev.jevent.loop.Watcher}<td>when there is nothing else to do
 *     <td>{@code stop}<td>yes
 * <tr><td>{@code runCallback(c)}<br>{@code runCallbackThreadsafe(c)}
 *     <td>{@link dev.jevent.loop.Callback}<td>soon, once<td>it has<td>until then
 * </tbody>
 * </table>
 *
 * What keeps the loop alive can be changed for each watcher: {@link
 * dev.jevent.loop.Watcher#ref(boolean)}. A loop that nothing keeps alive ends the wait of {@code
 * Hub.join}.
 *
 * <p>Callbacks run on the hub's thread between greenlets, one after the other. They must not wait;
 * what wants to wait is spawned. Everything here belongs to the hub's thread, except {@link
 * dev.jevent.loop.Loop#runCallbackThreadsafe}, {@link dev.jevent.loop.Callback} and {@link
 * dev.jevent.loop.Async#send}, which any thread may call. After {@code Hub.destroy} nothing can be
 * started any more; to stop something then is allowed and does nothing.
 */
@NullMarked
package dev.jevent.loop;

import org.jspecify.annotations.NullMarked;
