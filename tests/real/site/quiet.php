<?php
// A must-use plugin: this site sends no mail.
add_filter('pre_wp_mail', '__return_false');
