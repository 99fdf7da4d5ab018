/**
 * A chat over WebSocket: {@link dev.jevent.examples.chatroom.Chat} is what the server is given. All
 * of it runs in one hub, where one greenlet runs at a time and gives way only where it waits, so
 * that there is no lock.
 */
package dev.jevent.examples.chatroom;
