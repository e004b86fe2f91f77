<?php
// Symfony: its session, form_login with "remember me", and CSRF tokens, in a kernel of one file.
require '/usr/share/php/Symfony/Bundle/FrameworkBundle/autoload.php';
require '/usr/share/php/Symfony/Bundle/SecurityBundle/autoload.php';

use Symfony\Bundle\FrameworkBundle\FrameworkBundle;
use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait;
use Symfony\Bundle\SecurityBundle\SecurityBundle;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;
use Symfony\Component\HttpFoundation\Cookie;
use Symfony\Component\HttpFoundation\RedirectResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Exception\AccessDeniedHttpException;
use Symfony\Component\HttpKernel\Kernel as BaseKernel;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;
use Symfony\Component\Security\Csrf\CsrfToken;

class Kernel extends BaseKernel
{
    use MicroKernelTrait;

    public function registerBundles(): iterable
    {
        return [new FrameworkBundle(), new SecurityBundle()];
    }

    protected function configureContainer(ContainerConfigurator $container): void
    {
        $container->extension('framework', [
            'secret' => 'a key for tests alone',
            'session' => [
                'storage_factory_id' => 'session.storage.factory.native',
                'handler_id' => null,
                'cookie_secure' => 'auto',
                'cookie_samesite' => 'lax',
            ],
            'csrf_protection' => true,
        ]);
        $container->extension('security', [
            'enable_authenticator_manager' => true,
            'password_hashers' => ['Symfony\Component\Security\Core\User\InMemoryUser' => 'plaintext'],
            'providers' => ['users' => ['memory' => ['users' => [
                'ada' => ['password' => 'second-flush', 'roles' => ['ROLE_USER']],
            ]]]],
            'firewalls' => ['main' => [
                'lazy' => true,
                'form_login' => [
                    'check_path' => '/login', 'login_path' => '/', 'enable_csrf' => true,
                    'username_parameter' => 'username', 'password_parameter' => 'password',
                    'csrf_parameter' => '_token', 'csrf_token_id' => 'shop', 'default_target_path' => '/',
                ],
                'remember_me' => ['secret' => 'another key for tests alone', 'always_remember_me' => true],
                'logout' => ['path' => '/logout', 'target' => '/'],
            ]],
        ]);
        $container->services()->alias('tokens', 'security.csrf.token_manager')->public();
        $container->services()->alias('who', 'security.token_storage')->public();
    }

    protected function configureRoutes(RoutingConfigurator $routes): void
    {
        $routes->add('front', '/')->controller([$this, 'front'])->methods(['GET']);
        foreach (['login', 'review', 'cart', 'checkout', 'logout'] as $name) {
            $routes->add($name, "/$name")->controller([$this, $name])->methods(['POST']);
        }
    }

    public function front(Request $request): Response
    {
        $session = $request->getSession();
        $token = $this->container->get('tokens')->getToken('shop')->getValue();
        $page = strtr(file_get_contents(__DIR__.'/../shop.html'), [
            '@token@' => "<input type=\"hidden\" name=\"_token\" value=\"$token\">",
            '@visitor@' => $this->user() ?? 'a guest',
            '@message@' => implode('', $session->getFlashBag()->get('message')),
            '@cart@' => implode(', ', $session->get('cart', [])),
        ]);
        $response = new Response($page);
        foreach (['_ga', '_fbp', 'visitor_id'] as $name) {
            $response->headers->setCookie(Cookie::create($name, '1.2', time() + 63072000));
        }

        return $response;
    }

    public function review(Request $request): Response
    {
        $this->protect($request);
        $letters = mb_strlen($request->request->get('review'));
        $request->getSession()->getFlashBag()->add('message', "Thank you for $letters letters");

        return new RedirectResponse('/', 303);
    }

    public function cart(Request $request): Response
    {
        $this->protect($request);
        $session = $request->getSession();
        $session->set('cart', [...$session->get('cart', []), $request->request->get('item')]);

        return new RedirectResponse('/', 303);
    }

    public function checkout(Request $request): Response
    {
        $this->protect($request);
        $session = $request->getSession();
        $message = $this->user() ? 'Ordered: '.implode(', ', $session->remove('cart')) : 'Log in first';
        $session->getFlashBag()->add('message', $message);

        return new RedirectResponse('/', 303);
    }

    public function getProjectDir(): string
    {
        return __DIR__;
    }

    private function user(): ?string
    {
        $token = $this->container->get('who')->getToken();

        return $token ? $token->getUserIdentifier() : null;
    }

    private function protect(Request $request): void
    {
        $token = new CsrfToken('shop', $request->request->get('_token', ''));
        if (!$this->container->get('tokens')->isTokenValid($token)) {
            throw new AccessDeniedHttpException('Bad token');
        }
    }
}

$kernel = new Kernel('prod', false);
$request = Request::createFromGlobals();
$response = $kernel->handle($request);
$response->send();
$kernel->terminate($request, $response);
