<?php
// Makes the site, and a user for each role that its arguments name, called like it, with an application password, which are
// printed as JSON.
define('WP_INSTALLING', true);
require getenv('SYNDICATE_WP_CODE') . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Tests', 'admin', 'admin@example.org', false, '', wp_generate_password(24));
update_option('permalink_structure', '/%postname%/');
flush_rewrite_rules();
$people = [];
foreach (array_slice($argv, 1) as $role) {
    $id = wp_insert_user([
        'user_login' => $role,
        'user_pass' => wp_generate_password(24),
        'user_email' => "$role@example.org",
        'role' => $role,
    ]);
    [$people[$role]] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'syndicate']);
}
echo json_encode(['version' => wp_get_wp_version(), 'passwords' => $people]);
