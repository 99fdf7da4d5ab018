package dev.jevent.compat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** RabbitMQ without its plugins, and the name server of Erlang that it cannot do without. */
final class RabbitMq extends Server {

    RabbitMq() {
        super("RabbitMQ");
    }

    @Override
    void start() throws Exception {
        // the one in the path changes the user
        String rabbit =
                find("rabbitmq-server", "rabbitmq-server", Path.of("/usr/lib/rabbitmq/bin"))
                        .toString();
        String epmd = find("epmd", "rabbitmq-server").toString();
        String names = String.valueOf(freePort());
        launch(List.of(epmd, "-address", "127.0.0.1", "-port", names), Map.of());
        Path here = folder();
        Files.writeString(here.resolve("environment"), "");
        Files.writeString(here.resolve("plugins"), "[].\n");
        Files.writeString(here.resolve("rabbitmq.conf"), "log.file.level = error\n");
        var environment = new HashMap<String, String>();
        environment.put("HOME", here.toString()); // the cookie
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("ERL_EPMD_PORT", names);
        environment.put("RABBITMQ_CONF_ENV_FILE", here.resolve("environment").toString());
        environment.put("RABBITMQ_CONFIG_FILE", here.resolve("rabbitmq.conf").toString());
        environment.put("RABBITMQ_ADVANCED_CONFIG_FILE", here.resolve("none.config").toString());
        environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", here.resolve("plugins").toString());
        environment.put("RABBITMQ_MNESIA_BASE", here.resolve("data").toString());
        environment.put("RABBITMQ_LOG_BASE", here.toString());
        environment.put("RABBITMQ_LOGS", "-");
        environment.put("RABBITMQ_PID_FILE", here.resolve("pid").toString());
        environment.put("RABBITMQ_NODENAME", "jevent" + port + "@localhost");
        environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_NODE_PORT", String.valueOf(port));
        environment.put("RABBITMQ_DIST_PORT", String.valueOf(freePort()));
        environment.put(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none");
        environment.put("RUNNING_UNDER_SYSTEMD", "true"); // the script becomes the server
        Process process = launch(List.of(rabbit), environment);
        awaitPort(process);
    }
}
