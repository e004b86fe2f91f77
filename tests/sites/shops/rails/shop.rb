# Ruby on Rails: its encrypted session, flash and authenticity tokens, with the defaults of `rails new`.
require "action_controller/railtie"

module Teapots
  PAGE = File.read(File.expand_path("../shop.html", __dir__))
  PASSWORDS = { "ada" => "second-flush" }.freeze

  class Application < Rails::Application
    config.load_defaults 6.1
    config.eager_load = true
    config.secret_key_base = "a key for tests alone, which nothing else may use"
    config.logger = Logger.new(IO::NULL)
    routes.append do
      root to: "teapots/shop#front"
      %i[login review cart checkout logout].each { |name| post name, to: "teapots/shop##{name}" }
    end
  end

  class ShopController < ActionController::Base
    def front
      page = PAGE.gsub("@token@", helpers.hidden_field_tag(:authenticity_token, form_authenticity_token))
      %w[_ga _fbp visitor_id].each { |name| cookies.permanent[name] = "1.2" }
      page = page.sub("@visitor@", session[:user] || "a guest").sub("@message@", flash[:notice].to_s)
      render html: page.sub("@cart@", (session[:cart] || []).join(", ")).html_safe
    end

    def login
      session[:user] = params[:username] if PASSWORDS[params[:username]] == params[:password]
      redirect_to "/"
    end

    def review
      redirect_to "/", notice: "Thank you for #{params[:review].length} letters"
    end

    def cart
      session[:cart] = [*session[:cart], params[:item]]
      redirect_to "/"
    end

    def checkout
      notice = session[:user] ? "Ordered: #{session.delete(:cart).join(', ')}" : "Log in first"
      redirect_to "/", notice: notice
    end

    def logout
      reset_session
      redirect_to "/"
    end
  end
end

Teapots::Application.initialize!
require "rack/handler/puma"
Rack::Handler::Puma.run(Teapots::Application, Host: "127.0.0.1", Port: ARGV[0].to_i, Silent: true)
