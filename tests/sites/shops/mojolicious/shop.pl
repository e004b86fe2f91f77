# Mojolicious: its signed session in the cookie, flash notices, and the token that its validation asks for.
use Mojolicious::Lite -signatures;
use Mojo::File qw(curfile);

my $page      = curfile->dirname->sibling('shop.html')->slurp;
my %passwords = (ada => 'second-flush');

app->secrets(['a key for tests alone']);

get '/' => sub ($c) {
  my $html  = $page;
  my $token = $c->csrf_field;
  my %shown = (
    token   => $token,
    visitor => $c->session('user') // 'a guest',
    message => $c->flash('message') // '',
    cart    => join(', ', @{$c->session('cart') // []}),
  );
  $html =~ s/\@(\w+)\@/$shown{$1}/g;
  $c->cookie($_ => '1.2', {max_age => 63072000}) for qw(_ga _fbp visitor_id);
  $c->render(text => $html, format => 'html');
};

under sub ($c) {
  return 1 unless $c->validation->csrf_protect->has_error('csrf_token');
  $c->render(text => 'Bad token', status => 403);
  return undef;
};
post '/login' => sub ($c) {
  my $name = $c->param('username');
  $c->session(user => $name) if ($passwords{$name} // '') eq $c->param('password');
  $c->redirect_to('/');
};
post '/review' => sub ($c) {
  $c->flash(message => 'Thank you for ' . length($c->param('review')) . ' letters');
  $c->redirect_to('/');
};
post '/cart' => sub ($c) {
  $c->session(cart => [@{$c->session('cart') // []}, $c->param('item')]);
  $c->redirect_to('/');
};
post '/checkout' => sub ($c) {
  my $known = $c->session('user');
  $c->flash(message => $known ? 'Ordered: ' . join(', ', @{delete $c->session->{cart}}) : 'Log in first');
  $c->redirect_to('/');
};
post '/logout' => sub ($c) {
  $c->session(expires => 1);
  $c->redirect_to('/');
};
app->start;
