<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:'.dirname(__DIR__).'/db.sock');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", "a $name key for tests alone");
    define("{$name}_SALT", "a $name salt for tests alone");
}
// The site is visited under two names: its own, and that of Assent before it.
define('WP_HOME', 'http://'.$_SERVER['HTTP_HOST']);
define('WP_SITEURL', WP_HOME);
define('WPMU_PLUGIN_DIR', dirname(__DIR__).'/plugin');
define('DISABLE_WP_CRON', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__.'/');
}
require_once ABSPATH.'wp-settings.php';
