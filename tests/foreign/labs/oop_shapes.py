"""Inheritance and abstract base classes, given and written; super, polymorphism, isinstance and issubclass."""

# %% lesson
from abc import ABC, abstractmethod
import math

class Shape(ABC):
    """Given."""
    def __init__(self, name):
        self.name = name

    @abstractmethod
    def area(self):
        ...

    def describe(self):
        return f"{self.name} with area {self.area():.2f}"

# %% answer circle
class Circle(Shape):
    def __init__(self, radius):
        super().__init__("circle")
        self.radius = radius

    def area(self):
        return math.pi * self.radius ** 2


class Rectangle(Shape):
    def __init__(self, width, height):
        super().__init__("rectangle")
        self.width, self.height = width, height

    def area(self):
        return self.width * self.height

# %% wrong
class Circle:
    pass

class Rectangle:
    pass

# %% subtle
class Circle:
    def __init__(self, radius):
        self.name = "circle"
        self.radius = radius

    def area(self):
        return math.pi * self.radius ** 2

    def describe(self):
        return f"{self.name} with area {self.area():.2f}"


class Rectangle(Circle):
    def __init__(self, width, height):
        self.name = "rectangle"
        self.width, self.height = width, height

    def area(self):
        return self.width * self.height

# %% test circle 2
c = Circle(2)
assert isinstance(c, Shape), "a circle is a shape"
assert abs(c.area() - 12.566370614) < 1e-6
assert c.describe() == "circle with area 12.57"
assert Circle.__bases__ == (Shape,)

# %% test rectangle 1
shapes = [Rectangle(2, 3), Circle(1), Rectangle(1, 1)]
assert [s.describe() for s in sorted(shapes, key=lambda s: s.area())][0] == "rectangle with area 1.00"
assert sum(s.area() for s in shapes if isinstance(s, Rectangle)) == 7

# %% answer square
class Square(Rectangle):
    def __init__(self, side):
        super().__init__(side, side)
        self.name = "square"

# %% wrong
Square = Rectangle

# %% subtle
def Square(side):
    r = Rectangle(side, side)
    r.name = "square"
    return r

# %% test square 2
assert issubclass(Square, Rectangle)
sq = Square(3)
assert sq.area() == 9
assert sq.describe().startswith("square")
assert [k.__name__ for k in Square.__mro__[:3]] == ["Square", "Rectangle", "Shape"]

# %% answer animal
class Animal(ABC):
    @property
    @abstractmethod
    def sound(self):
        ...

    def speak(self, times=1):
        return " ".join([self.sound] * times)


class Dog(Animal):
    sound = "Woof"


class Puppy(Dog):
    def speak(self, times=1):
        return super().speak(times).lower()

# %% wrong
class Animal: pass
class Dog: pass
class Puppy: pass

# %% subtle
class Animal:
    sound = None
    def speak(self, times=1):
        return " ".join([self.sound] * times)

class Dog(Animal):
    sound = "Woof"

class Puppy(Dog):
    sound = "woof"

# %% test animal 2
import pytest
with pytest.raises(TypeError):
    Animal()
assert Dog().speak(2) == "Woof Woof"
assert Puppy().speak() == "woof"

# %% test subclass-of-test 2
class Cat(Animal):
    sound = "Meow"

assert Cat().speak(3) == "Meow Meow Meow"
assert isinstance(Cat(), Animal)

class Mute(Animal):
    pass

try:
    Mute()
except TypeError:
    pass
else:
    assert False, "a class without a sound must stay abstract"

# %% answer total
def total_area(shapes):
    return sum(shape.area() for shape in shapes)

# %% wrong
def total_area(shapes):
    return len(shapes)

# %% subtle
def total_area(shapes):
    return sum(s.radius ** 2 * math.pi if isinstance(s, Circle) else s.width * s.height for s in shapes)

# %% test total 2
class Triangle(Shape):
    def __init__(self, base, height):
        super().__init__("triangle")
        self.base, self.height = base, height

    def area(self):
        return self.base * self.height / 2

assert total_area([Triangle(4, 3), Triangle(2, 2)]) == 8
assert total_area([]) == 0
