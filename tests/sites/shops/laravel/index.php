<?php
// Laravel: its session, XSRF-TOKEN, CSRF protection and "remember me", with the skeleton's middleware.
require '/usr/share/php/Illuminate/autoload.php';

use Illuminate\Contracts\Console\Kernel as Console;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Contracts\Http\Kernel as Http;
use Illuminate\Cookie\Middleware\AddQueuedCookiesToResponse;
use Illuminate\Cookie\Middleware\EncryptCookies;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Exceptions\Handler;
use Illuminate\Foundation\Http\Kernel;
use Illuminate\Foundation\Http\Middleware\VerifyCsrfToken;
use Illuminate\Http\Request;
use Illuminate\Routing\Middleware\SubstituteBindings;
use Illuminate\Session\Middleware\StartSession;
use Illuminate\Support\Facades\Auth;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Route;
use Illuminate\Support\Facades\Schema;
use Illuminate\View\Middleware\ShareErrorsFromSession;

class ShopKernel extends Kernel
{
    protected $middlewareGroups = ['web' => [
        EncryptCookies::class,
        AddQueuedCookiesToResponse::class,
        StartSession::class,
        ShareErrorsFromSession::class,
        VerifyCsrfToken::class,
        SubstituteBindings::class,
    ]];
}

function front(Request $request)
{
    $page = strtr(file_get_contents(__DIR__.'/../shop.html'), [
        '@token@' => csrf_field(),
        '@visitor@' => Auth::user()->name ?? 'a guest',
        '@message@' => session('message', ''),
        '@cart@' => implode(', ', session('cart', [])),
    ]);
    $response = response($page);
    foreach (['_ga', '_fbp', 'visitor_id'] as $name) {
        $response->cookie($name, '1.2', 60 * 24 * 730);
    }

    return $response;
}

function logIn(Request $request)
{
    if (Auth::attempt(['name' => $request->username, 'password' => $request->password], true)) {
        session()->regenerate();
    }

    return redirect('/');
}

function review(Request $request)
{
    return redirect('/')->with('message', 'Thank you for '.mb_strlen($request->review).' letters');
}

function cart(Request $request)
{
    session()->push('cart', $request->item);

    return redirect('/');
}

function checkout(Request $request)
{
    $message = Auth::check() ? 'Ordered: '.implode(', ', session()->pull('cart')) : 'Log in first';

    return redirect('/')->with('message', $message);
}

function logOut(Request $request)
{
    Auth::logout();
    session()->invalidate();

    return redirect('/');
}

foreach (['bootstrap/cache', 'storage/framework/sessions', 'storage/framework/views', 'storage/logs'] as $folder) {
    is_dir(__DIR__."/$folder") || mkdir(__DIR__."/$folder", 0777, true);
}
touch(__DIR__.'/shop.db');

$app = new Application(__DIR__);
$app->singleton(Http::class, ShopKernel::class);
$app->singleton(Console::class, Illuminate\Foundation\Console\Kernel::class);
$app->singleton(ExceptionHandler::class, Handler::class);
$app->booted(function () {
    if (!Schema::hasTable('users')) {
        Schema::create('users', function ($table) {
            $table->id();
            $table->string('name');
            $table->string('password');
            $table->rememberToken();
        });
        DB::table('users')->insert(['name' => 'ada', 'password' => bcrypt('second-flush')]);
    }
    Route::middleware('web')->group(function () {
        Route::get('/', fn (Request $request) => front($request));
        Route::post('/login', fn (Request $request) => logIn($request));
        Route::post('/review', fn (Request $request) => review($request));
        Route::post('/cart', fn (Request $request) => cart($request));
        Route::post('/checkout', fn (Request $request) => checkout($request));
        Route::post('/logout', fn (Request $request) => logOut($request));
    });
});
$kernel = $app->make(Http::class);
$response = $kernel->handle($request = Request::capture())->send();
$kernel->terminate($request, $response);
