package dev.jevent.internal;

import org.jspecify.annotations.Nullable;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * The locals of one greenlet or thread: a table with open addressing. Its keys are weak, and what
 * belongs to a key that is gone is dropped when the table has to grow. A table of our own, because
 * a {@code WeakHashMap} for each of a million greenlets would be six times as large: here all
 * greenlets share the one weak reference of a key.
 *
 * <p>For its own thread; others may look at it, and what they see may be a moment old.
 */
public final class Locals {

    /** What stands for a local in all tables. */
    public static final class Key extends WeakReference<Object> {
        private static final int GOLDEN = 0x9E3779B9; // spreads consecutive numbers evenly
        private static int count; // guarded by Key.class

        private final int hash;

        /** The key of a local. */
        public Key(Object local) {
            super(local);
            synchronized (Key.class) {
                hash = ++count * GOLDEN;
            }
        }
    }

    private static final class Entry {
        final Key key;
        Object value;

        Entry(Key key, Object value) {
            this.key = key;
            this.value = value;
        }
    }

    private static final int FEW = 4; // a power of two

    private Entry[] table = new Entry[FEW];
    private int size; // those of keys that are gone included

    /** An empty one. */
    public Locals() {}

    private static int place(Key key, Entry[] table) {
        int mask = table.length - 1;
        int i = key.hash >>> 16 & mask;
        while (table[i] != null && table[i].key != key) {
            i = i + 1 & mask;
        }
        return i;
    }

    /** The value; null if there is none. */
    public @Nullable Object get(Key key) {
        Entry[] t = table;
        Entry e = t[place(key, t)];
        return e == null ? null : e.value;
    }

    /** Sets the value. */
    public void set(Key key, Object value) {
        int i = place(key, table);
        if (table[i] != null) {
            table[i].value = value;
            return;
        }
        if ((size + 1) * 4 > table.length * 3) {
            makeRoom();
            i = place(key, table);
        }
        table[i] = new Entry(key, value);
        size++;
    }

    /** Drops what belongs to keys that are gone, and grows if that is not enough. */
    private void makeRoom() {
        int living = 0;
        for (Entry e : table) {
            if (e != null && e.key.get() != null) {
                living++;
            }
        }
        int length = FEW;
        while ((living + 1) * 2 > length) {
            length *= 2;
        }
        rebuild(new Entry[length], null);
    }

    private void rebuild(Entry[] fresh, @Nullable Key without) {
        int n = 0;
        for (Entry e : table) {
            if (e != null && e.key != without && e.key.get() != null) {
                fresh[place(e.key, fresh)] = e;
                n++;
            }
        }
        table = fresh;
        size = n;
    }

    /** Removes the value, if there is one. */
    public void remove(Key key) {
        if (table[place(key, table)] != null) {
            rebuild(new Entry[table.length], key); // a hole would cut off those behind it
        }
    }

    /** Shows all of them. Any thread. */
    public void forEach(BiConsumer<Object, Object> visitor) {
        for (Entry e : Arrays.copyOf(table, table.length)) {
            Object local = e == null ? null : e.key.get();
            if (local != null) {
                visitor.accept(local, e.value);
            }
        }
    }
}
