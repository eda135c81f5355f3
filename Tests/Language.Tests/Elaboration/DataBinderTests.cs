using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>Data fits a model exactly or is refused with the place; nothing broadcasts.</summary>
public sealed class DataBinderTests
{
    private static readonly CheckedModel Regression = CheckerTests.Model("""
        module M
        model m (x : real[n, d]) = prob {
            let! w = normal 0.0 1.0 |> iid [d]
            let! y = normal (x @ w) 0.5
            return y
        }
        """);

    private static readonly CheckedModel Classes = CheckerTests.Model("""
        module M
        model m (x : real[n, 2], group : int<g>[n]) = prob {
            let! effect = normal 0.0 1.0 |> iid [g]
            let! logits = x |> dense 3
            let! species = categorical logits
            return species
        }
        """);

    [Fact]
    public void Dimensions_are_solved_from_shapes()
    {
        var (binding, _) = DataBinder.Bind(Regression, [Real("x", [7, 3]), Real("y", [7])], DType.F32);
        Assert.NotNull(binding);
        Assert.Equal("n", binding.Rows);
        Assert.Equal((7, 3), (binding.Sizes["n"], binding.Sizes["d"]));
        Assert.Equal(["y"], binding.Observed);
        Assert.Equal(DType.F32, binding.Values["x"].DType);
    }

    [Fact]
    public void Columns_fill_images_in_row_major_order()
    {
        var model = CheckerTests.Model("""
            module M
            model m (image : real[n, 2, 3]) = prob {
                let! y = normal (sumAxis 2 image) 1.0
                return y
            }
            """);
        var (binding, _) = DataBinder.Bind(model, [Real("image", [4, 6])], DType.F64);
        Assert.Equal(Shape.Create([4, 2, 3]), binding!.Values["image"].Shape);
        Assert.Equal(Real("image", [4, 6]).Value.ToDoubles(), binding.Values["image"].ToDoubles());
        var (_, diagnostics) = DataBinder.Bind(model, [Real("image", [4, 7])], DType.F64);
        Assert.Contains("2 * 3 columns", Assert.Single(diagnostics).Hint);
    }

    [Fact]
    public void Index_bounds_are_solved_from_values()
    {
        var (binding, _) = DataBinder.Bind(Classes, [Real("x", [5, 2]), Labels("group", [0, 1, 4, 2, 3]), Labels("species", [0, 2, 1, 1, 0], 3)], DType.F64);
        Assert.Equal(5, binding!.Sizes["g"]);
        Assert.Equal(DType.I64, binding.Values["species"].DType);
    }

    [Theory]
    [InlineData("PN0505", "y against another row count", "x:7x3", "y:6")]
    [InlineData("PN0505", "a column matrix for a vector", "x:7x3", "y:7x1")]
    [InlineData("PN0505", "a vector for a matrix", "x:7", "y:7")]
    [InlineData("PN0506", "a name the model lacks", "x:7x3", "z:7")]
    [InlineData("PN0507", "an argument without data", "y:7")]
    public void Misfits_are_refused(string code, string why, params string[] values)
    {
        var (binding, diagnostics) = DataBinder.Bind(Regression, values.Select(Parse).ToEqArray(), DType.F64);
        Assert.Null(binding);
        Assert.True(diagnostics.Any(d => d.Code.Id == code), $"{why}: {string.Join(", ", diagnostics.Select(d => d.Code.Id))}");
    }

    [Fact]
    public void More_classes_than_the_model_has_room_for_are_refused()
    {
        var (binding, diagnostics) = DataBinder.Bind(Classes, [Real("x", [2, 2]), Labels("group", [0, 1]), Labels("species", [0, 3], 4)], DType.F64);
        Assert.Null(binding);
        Assert.Equal("PN0509", Assert.Single(diagnostics).Code.Id);
    }

    [Fact]
    public void A_fraction_for_a_label_is_refused_with_its_row()
    {
        var (_, diagnostics) = DataBinder.Bind(Classes, [Real("x", [2, 2]), Labels("group", [0, 1]), new("species", HostTensor.Of([2], [0.0, 1.5]), null, default)], DType.F64);
        var fault = Assert.Single(diagnostics);
        Assert.Equal("PN0508", fault.Code.Id);
        Assert.Contains("row 2", fault.Message);
    }

    [Fact]
    public void A_value_outside_the_support_is_refused_with_its_row()
    {
        var model = CheckerTests.Model("""
            module M
            model m [n] = prob {
                let! rate = exponential 1.0
                let! y = gamma 2.0 rate |> iid [n]
                return y
            }
            """);
        var (_, diagnostics) = DataBinder.Bind(model, [new("y", HostTensor.Of([3], [1.0, 2.0, -0.5]), null, default)], DType.F64);
        Assert.Contains("row 3", Assert.Single(diagnostics).Message);
    }

    [Fact]
    public void Data_for_arguments_alone_is_bound_with_a_warning()
    {
        var (binding, diagnostics) = DataBinder.Bind(Regression, [Real("x", [7, 3])], DType.F64);
        Assert.NotNull(binding);
        Assert.Equal("PN0902", Assert.Single(diagnostics).Code.Id);
    }

    [Fact]
    public void A_dimension_that_no_data_has_is_told()
    {
        var model = CheckerTests.Model("""
            module M
            model m [k] (x : real[n]) = prob {
                let! a = normal 0.0 1.0 |> iid [k]
                let! y = normal (x + sum a) 1.0
                return y
            }
            """);
        var (_, diagnostics) = DataBinder.Bind(model, [Real("x", [7]), Real("y", [7])], DType.F64);
        Assert.Equal("PN0504", Assert.Single(diagnostics).Code.Id);
    }

    [Fact]
    public void Labels_at_a_one_hot_site_become_vectors()
    {
        var model = CheckerTests.Model("""
            module M
            model m (x : real[n, 2]) = prob {
                let! logits = x |> dense 3
                let! digit = oneHotCategorical logits
                return digit
            }
            """);
        var (binding, _) = DataBinder.Bind(model, [Real("x", [2, 2]), Labels("digit", [2, 0], 3)], DType.F64);
        Assert.Equal([0, 0, 1, 1, 0, 0], binding!.Values["digit"].ToDoubles());
    }

    private static BoundValue Real(string name, Shape shape) => new(name, HostTensor.Of(shape, Enumerable.Range(1, shape.Size).Select(i => 0.1 * i).ToArray()), null, default);

    private static BoundValue Labels(string name, long[] ids, int? classes = null) => new(name, HostTensor.Of([ids.Length], ids), classes, default);

    private static BoundValue Parse(string text)
    {
        var parts = text.Split(':');
        return Real(parts[0], Shape.Create([.. parts[1].Split('x').Select(int.Parse)]));
    }
}
