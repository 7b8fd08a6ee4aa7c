"""The shell, the components and the charts every room builds its pages from."""
