<?php
$_SERVER['HTTP_HOST'] = '127.0.0.1';
$database = new mysqli('localhost', 'root', '', '', 0, __DIR__.'/db.sock');
$database->query('CREATE DATABASE wordpress');

define('WP_INSTALLING', true);
require __DIR__.'/site/wp-load.php';
require ABSPATH.'wp-admin/includes/upgrade.php';
function wp_new_blog_notification()
{
    // No mail is sent.
}
wp_install('Teapots', 'ada', 'ada@example.org', false, '', 'second-flush');
