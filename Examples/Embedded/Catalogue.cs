using ProbNet.Language.Embedded;

namespace ProbNet.Examples.Embedded;

/// <summary>The models of the examples, in C#.</summary>
public static class Catalogue
{
    public static IReadOnlyList<Model> All { get; } = [Coin.Model, LinearRegression.Model, EightSchools.Model, Iris.Model, Autoencoder.Model, Uci.Homoscedastic, Uci.Heteroscedastic];
}
