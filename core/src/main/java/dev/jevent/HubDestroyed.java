package dev.jevent;

/** Thrown into the greenlets that still live when their hub is destroyed. */
public final class HubDestroyed extends GreenletExit {

    private static final long serialVersionUID = 1;

    HubDestroyed(Hub hub) {
        super(hub + " was destroyed");
    }

    private HubDestroyed(HubDestroyed before) {
        super(before.getMessage(), before);
    }

    @Override
    protected GreenletExit again() {
        return new HubDestroyed(this);
    }
}
