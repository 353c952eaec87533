using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.Domain.Carts;

/// <summary>The services of this area.</summary>
public static class CartsSetup
{
    public static void AddCarts(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(CartPolicy.From(settings));
        services.AddSingleton<BestSeats>();
        services.AddSingleton<CartService>();
        services.AddSingleton<AddToCart>();
        services.AddSingleton<ChangeCartQuantity>();
        services.AddSingleton<CartValidation>();
        services.AddSingleton<CartPromo>();
        services.AddSingleton<HoldSweep>();
        services.AddSingleton<WaitlistService>();
        services.AddSingleton<WaitlistOffers>();
    }
}
