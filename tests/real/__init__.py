"""Real servers for the tests: installed below build/servers by install.sh, started on loopback with a proxy in front."""
