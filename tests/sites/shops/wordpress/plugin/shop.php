<?php
// A shop as a plugin: WordPress's users, its own log-in, its nonces, and the cart in the user's data.
function shop_front()
{
    foreach (['_ga', '_fbp', 'visitor_id'] as $name) {
        setcookie($name, '1.2', time() + 63072000, '/');
    }
    $page = str_replace(
        ['"/login"', 'name="username"', 'name="password"'],
        ['"/wp-login.php?redirect_to=/"', 'name="log"', 'name="pwd"'],
        file_get_contents(dirname(ABSPATH, 2).'/shop.html')
    );
    echo strtr($page, [
        '@token@' => wp_nonce_field('shop', '_wpnonce', false, false),
        '@visitor@' => esc_html(wp_get_current_user()->user_login ?: 'a guest'),
        '@message@' => esc_html(wp_unslash($_GET['message'] ?? '')),
        '@cart@' => esc_html(implode(', ', shop_cart())),
    ]);
}

function shop_cart()
{
    return get_user_meta(get_current_user_id(), 'cart', true) ?: [];
}

function shop_back($message = '')
{
    wp_safe_redirect($message ? '/?message='.rawurlencode($message) : '/', 303);
}

function shop_review()
{
    shop_back('Thank you for '.mb_strlen(wp_unslash($_POST['review'])).' letters');
}

function shop_add()
{
    update_user_meta(get_current_user_id(), 'cart', [...shop_cart(), wp_unslash($_POST['item'])]);
    shop_back();
}

function shop_order()
{
    $items = shop_cart();
    delete_user_meta(get_current_user_id(), 'cart');
    shop_back(is_user_logged_in() ? 'Ordered: '.implode(', ', $items) : 'Log in first');
}

function shop_log_out()
{
    wp_logout();
    shop_back();
}

add_action('init', function () {
    $path = parse_url($_SERVER['REQUEST_URI'] ?? '', PHP_URL_PATH);
    $actions = [
        '/' => 'shop_front', '/review' => 'shop_review', '/cart' => 'shop_add',
        '/checkout' => 'shop_order', '/logout' => 'shop_log_out',
    ];
    if (!isset($actions[$path]) || wp_installing()) {
        return;
    }
    if ($path !== '/' && !wp_verify_nonce($_POST['_wpnonce'] ?? '', 'shop')) {
        wp_die('Bad token', '', 403);
    }
    $actions[$path]();
    exit;
});
