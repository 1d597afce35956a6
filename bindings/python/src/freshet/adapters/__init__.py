"""freshet as other libraries want it. Each module needs its library; none of them is needed by freshet."""
