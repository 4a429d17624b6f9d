<?php
// The settings of the WordPress of the tests: all that differs from run to run comes from the environment.
$wp_home = getenv('SYNDICATE_WP_HOME');
$wp_data = getenv('SYNDICATE_WP_DATA');

define('WP_HOME', $wp_home);
define('WP_SITEURL', $wp_home);
define('WP_CONTENT_DIR', "$wp_data/content");
define('DB_DIR', "$wp_data/database");
define('DB_FILE', 'site.sqlite');
define('DB_NAME', 'wordpress');
define('DB_USER', '');
define('DB_PASSWORD', '');
define('DB_HOST', '');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
$table_prefix = 'wp_';
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $what) {
    define("{$what}_KEY", hash('sha256', "$what key $wp_data"));
    define("{$what}_SALT", hash('sha256', "$what salt $wp_data"));
}

define('WP_ENVIRONMENT_TYPE', 'local'); // application passwords over http
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISALLOW_FILE_MODS', true);
define('WP_DEBUG', false);

if (!defined('ABSPATH')) {
    define('ABSPATH', getenv('SYNDICATE_WP_CODE') . '/');
}
require_once ABSPATH . 'wp-settings.php';
