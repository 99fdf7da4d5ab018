package dev.jevent.http;

import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The header fields of a request, as long as its handler runs: the {@link RequestHead} below is
 * used again for the next one.
 */
final class RequestFields implements Headers {

    private final Request request;

    RequestFields(Request request) {
        this.request = request;
    }

    @Override
    public Optional<String> get(String name) {
        return request.header(name);
    }

    @Override
    public int size() {
        return request.current(request.head().size());
    }

    @Override
    public void forEach(BiConsumer<String, String> field) {
        RequestHead head = request.head();
        int count = request.current(head.size());
        for (int i = 0; i < count; i++) {
            request.tell(i, field);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        forEach((n, v) -> text.append(n).append(": ").append(v).append('\n'));
        return text.toString();
    }
}
