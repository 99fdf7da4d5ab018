package dev.jevent.util;

/**
 * The program uses more memory than allowed, and more than when this was told before.
 *
 * @param memoryUsage in bytes
 * @param maxAllowed in bytes
 */
public record MemoryUsageThresholdExceeded(long memoryUsage, long maxAllowed) {}
